import type { RunCommand } from '../../shared/io/run-command.ts';
import { err, type Result } from '../../shared/result.ts';
import {
    parseTinyproxyVersion,
    type TinyproxyVersion,
    tinyproxyRemedy,
} from '../core/tinyproxy-version.ts';

/** What this qube has, or what it lacks and what to do about it. */
export interface Fitness {
    readonly tinyproxy: Result<TinyproxyVersion, string>;
    /** Why clients cannot be let in; null if they can. */
    readonly noEntry: string | null;
}

export async function checkFitness(run: RunCommand): Promise<Fitness> {
    const [tinyproxy, chain] = await Promise.all([
        run('tinyproxy', ['-v']),
        run('nft', ['list', 'chain', 'ip', 'qubes', 'custom-input']),
    ]);
    const doesNotStart =
        `tinyproxy does not start (${tinyproxy.startError}): ` +
        tinyproxyRemedy;
    return {
        tinyproxy:
            tinyproxy.startError === null
                ? parseTinyproxyVersion(tinyproxy.stdout.toString('latin1'))
                : err(doesNotStart),
        noEntry:
            chain.exitCode === 0
                ? null
                : 'nftables has no chain custom-input in table ip qubes: ' +
                  'this is no qube that provides network (R4.2 or later)',
    };
}
