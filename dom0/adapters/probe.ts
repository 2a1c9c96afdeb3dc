// A request that a qube sends to its proxy when dom0 asks it to.
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import {
    type ProbeEnd,
    type ProbeTarget,
    probeBounds,
    probeCommand,
    readProbe,
} from '../core/doctor/probe.ts';
import type { Qrexec } from './qrexec.ts';

/**
 * As the qube's user, without a session and without starting the qube, to the
 * port 8100 of that gateway.
 */
export type SendProbe = (
    qube: QubeName,
    gateway: Ip4 | Ip6,
    target: ProbeTarget,
) => Promise<ProbeEnd>;

export function qrexecProbe(run: RunCommand, { isDom0 }: Qrexec): SendProbe {
    return async (qube, gateway, target) => {
        if (!isDom0) {
            return { kind: 'not-run', why: 'only dom0 can have it send one' };
        }
        const call = `DEFAULT:${probeCommand(gateway, target)}`;
        const options = { input: '', ...probeBounds };
        return readProbe(
            await run('qrexec-client', ['-d', qube, call], options),
        );
    };
}
