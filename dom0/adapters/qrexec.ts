// How a service of a ProxyVM is called: from dom0, or from a management qube
// whose calls dom0's policy allows.
import { existsSync } from 'node:fs';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Verb } from '../../shared/protocol/answer.ts';
import type { examineVerb } from '../../shared/protocol/examination.ts';
import type { RequestVerb } from '../../shared/protocol/requests.ts';
import { type CallFailure, callFailure } from '../core/agent-answer.ts';

export interface Qrexec {
    /** Where the policy is, and what may have any qube run something. */
    readonly isDom0: boolean;
    /** The command that calls our agent there. */
    readonly command: (
        proxyvm: QubeName,
        verb: Verb | typeof examineVerb | RequestVerb,
    ) => readonly [file: string, args: readonly string[]];
    /** What it means that a call was refused, and what to do. */
    readonly refusal: (proxyvm: QubeName) => CallFailure;
}

const service = 'qubes.FilterProxy';

/** No policy is asked (qubes-core-qrexec qrexec/policy/parser.py). */
export const dom0Qrexec: Qrexec = {
    isDom0: true,
    command: (proxyvm, verb) => [
        'qrexec-client',
        ['-d', proxyvm, `root:QUBESRPC ${service}+${verb} dom0`],
    ],
    refusal: (proxyvm) =>
        callFailure(
            'refused',
            'it refuses the service: look at ' +
                `/etc/qubes-rpc/${service} in ${proxyvm}`,
        ),
};

export const managementQrexec: Qrexec = {
    isDom0: false,
    command: (proxyvm, verb) => [
        'qrexec-client-vm',
        [proxyvm, `${service}+${verb}`],
    ],
    refusal: (proxyvm) =>
        callFailure(
            'not-allowed',
            `the policy of dom0 lets this qube not call ${service} there, or ` +
                'it does not run: see admin-qube.md on which lines it takes ' +
                `and which tag ${proxyvm} needs`,
        ),
};

/** Told apart as qubes-core-admin-client does (qubesadmin/__init__.py). */
export function qrexecHere(): Qrexec {
    return existsSync('/etc/qubes-release') ? dom0Qrexec : managementQrexec;
}
