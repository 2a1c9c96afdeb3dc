// Checks of dom0 itself.
import type { Result } from '../../../shared/result.ts';
import type { DaemonState } from '../daemon-state.ts';
import type { FileProblem } from '../file-problem.ts';
import { type Check, Checks, type Dom0Check } from './check.ts';
import {
    type Caller,
    judgePolicy,
    type PolicyFile,
    policyFile,
} from './policy.ts';

export interface Dom0Facts {
    readonly daemon: DaemonState | null;
    /** In the order in which they count; or why they cannot be read. */
    readonly policy: Result<readonly PolicyFile[], string>;
    /** What is wrong with files of ours that are no qube's alone. */
    readonly problems: readonly FileProblem[];
}

export function examineDom0(facts: Dom0Facts): readonly Check[] {
    const checks = new Checks<Dom0Check>(null);
    const { daemon, policy, problems } = facts;
    if (daemon?.isListening) {
        checks.ok(
            'daemon',
            'qubes-filterproxyd runs, and hears of all changes',
        );
    } else {
        checks.failed('daemon', { kind: 'daemon', daemon });
    }
    examinePolicy(checks, policy);
    if (problems.length > 0) {
        checks.failed('files', { kind: 'problems', problems });
    } else {
        checks.ok('files', 'what is kept of times and stops can be read');
    }
    return checks.all;
}

/** dom0's own calls ask no policy: it is for all others. */
function examinePolicy(
    checks: Checks<Dom0Check>,
    policy: Dom0Facts['policy'],
): void {
    if (!policy.ok) {
        checks.unknown('policy', policy.error);
        return;
    }
    const { missing, callers } = judgePolicy(policy.value);
    if (missing.length > 0) {
        checks.failed(
            'policy',
            `no line of ${policyFile} or of another file keeps all qubes from ` +
                'calling the agents',
            missing.map(
                (line) =>
                    `to put it there: echo '${line}' | ` +
                    `sudo tee -a ${policyFile}`,
            ),
        );
        return;
    }
    checks.ok('policy', describeCallers(callers));
}

function describeCallers(callers: readonly Caller[]): string {
    const named = callers.map(({ place, source }) => `${source} (${place})`);
    return named.length === 0
        ? 'no qube may call the agents'
        : `the policy lets call the agents: ${named.join(', ')}; each obeys ` +
              'the one that its vm-config.filterproxy-admin names';
}
