// Checks of dom0 itself.
import type { Result } from '../../../shared/result.ts';
import { isAtWork, type SeenDaemon } from '../daemon-state.ts';
import type { FileProblem } from '../file-problem.ts';
import { type Check, Checks, type Dom0Check } from './check.ts';
import {
    type Caller,
    judgePolicy,
    type Policy,
    policyFile,
    type Unread,
} from './policy.ts';

export interface Dom0Facts {
    /** Or why it cannot be read; so with the others. */
    readonly daemon: Result<SeenDaemon, string>;
    readonly policy: Result<Policy, string>;
    /** What is wrong with files of ours that are no qube's alone. */
    readonly problems: readonly FileProblem[];
    /** Why notes of ours cannot be read, and what mends it. */
    readonly unread: readonly string[];
}

export function examineDom0(facts: Dom0Facts): readonly Check[] {
    const checks = new Checks<Dom0Check>(null);
    const { daemon, policy, problems, unread } = facts;
    if (!daemon.ok) {
        checks.failed('daemon', daemon.error);
    } else if (isAtWork(daemon.value) && daemon.value.isListening) {
        checks.ok(
            'daemon',
            'qubes-filterproxyd runs, and hears of all changes',
        );
    } else {
        checks.failed('daemon', { kind: 'daemon', daemon: daemon.value });
    }
    examinePolicy(checks, policy);
    if (problems.length + unread.length > 0) {
        checks.failed('files', { kind: 'problems', problems, unread });
    } else {
        checks.ok(
            'files',
            'what is kept of times, stops and visits can be read',
        );
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
    const { missing, callers, unread } = judgePolicy(policy.value);
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
    const wide = callers.filter(({ isWide }) => isWide);
    if (wide.length > 0) {
        checks.failed(
            'policy',
            'the policy lets more than one qube call the agents: ' +
                nameCallers(wide),
            wide.map(
                ({ place, source }) =>
                    'put the name of the qube that is to call them in the ' +
                    `place of ${source} in ${place}, or remove that line`,
            ),
        );
    } else if (unread.length > 0) {
        checks.unknown('policy', unread.map(describeUnread).join('; '));
    } else {
        checks.ok('policy', describeCallers(callers));
    }
}

function describeUnread({ place, files }: Unread): string {
    const what = files.length === 0 ? 'other files' : files.join(', ');
    return (
        `${place} includes ${what}, not read here: look there for ` +
        'qubes.FilterProxy, and who is let call it'
    );
}

function describeCallers(callers: readonly Caller[]): string {
    return callers.length === 0
        ? 'no qube may call the agents'
        : `the policy lets call the agents: ${nameCallers(callers)}; each ` +
              'obeys the one that its vm-config.filterproxy-admin names';
}

function nameCallers(callers: readonly Caller[]): string {
    return callers
        .map(({ place, source }) => `${source} (${place})`)
        .join(', ');
}
