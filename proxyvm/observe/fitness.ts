import type { RunCommand } from '../../shared/io/run-command.ts';
import {
    parseTinyproxyVersion,
    type TinyproxyVersion,
} from '../core/tinyproxy-version.ts';
import { AgentFailure } from '../failure.ts';

/** Fails with `unfit` and says what this qube lacks, before any change. */
export async function checkFitness(run: RunCommand): Promise<TinyproxyVersion> {
    const [tinyproxy, chain] = await Promise.all([
        run('tinyproxy', ['-v']),
        run('nft', ['list', 'chain', 'ip', 'qubes', 'custom-input']),
    ]);
    if (tinyproxy.startError !== null) {
        throw new AgentFailure(
            'unfit',
            'tinyproxy is missing: install it in the template of this qube',
        );
    }
    const version = parseTinyproxyVersion(tinyproxy.stdout.toString('latin1'));
    if (!version.ok) {
        throw new AgentFailure('unfit', version.error);
    }
    if (chain.exitCode !== 0) {
        throw new AgentFailure(
            'unfit',
            'nftables has no chain custom-input in table ip qubes: ' +
                'this is no qube that provides network (R4.2 or later)',
        );
    }
    return version.value;
}
