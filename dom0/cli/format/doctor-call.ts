// A ProxyVM that could not be examined, and what to do about each way to fail.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import { restart, updateOf } from '../../core/doctor/mend.ts';
import type { System } from '../../core/qube.ts';
import type { Explanation } from './explanation.ts';
import { packagesOf } from './no-agent.ts';
import { explainUnasked, ifPaused } from './situation.ts';

export function explainCall(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): Explanation {
    const todo = todoFor(proxyvm, system, failure);
    return { what: failure.message, todo };
}

function todoFor(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): readonly string[] {
    switch (failure.kind) {
        case 'halted':
            return [`to start it: qvm-start ${proxyvm}`];
        case 'unreachable':
            return [
                ifPaused(proxyvm),
                `to see whether it answers others: qvm-run ${proxyvm} true`,
                `if not, it hangs: qvm-kill ${proxyvm} && qvm-start ${proxyvm}`,
            ];
        case 'refused':
            return [reinstall(proxyvm, system)];
        case 'not-allowed':
            return [`in dom0: qvm-tags ${proxyvm} add filterproxy`];
        case 'no-agent':
        case 'too-old':
            return explainUnasked(proxyvm, system, failure).todo;
        case 'too-new':
            return [
                'to update this program: sudo qubes-dom0-update ' +
                    'qubes-filterproxy-dom0',
            ];
        case 'agent-error':
            return todoForError(proxyvm, system, failure);
        case 'not-called':
            return [updateOf(proxyvm)];
        default:
            return lookAndRestart(proxyvm, system);
    }
}

function todoForError(
    proxyvm: QubeName,
    system: System,
    { code }: CallFailure,
): readonly string[] {
    switch (code) {
        case 'denied':
            return [
                'to see whom it obeys beside dom0: ' +
                    `qvm-features ${proxyvm} vm-config.filterproxy-admin`,
            ];
        case 'busy':
        case 'stale':
            return [updateOf(proxyvm)];
        default:
            return lookAndRestart(proxyvm, system);
    }
}

/** What was broken in it is as in its template when it has started again. */
function lookAndRestart(proxyvm: QubeName, system: System): string[] {
    return [
        ...restart(proxyvm),
        `to see why: qvm-run --pass-io --no-gui -u root ${proxyvm} ` +
            "'journalctl -b -n 50'",
        reinstall(proxyvm, system),
    ];
}

function reinstall(proxyvm: QubeName, system: System): string {
    return (
        'if that does not mend it: install the package qubes-filterproxy ' +
        `again in ${packagesOf(proxyvm, system)}`
    );
}
