// `blocked --follow` prints what is refused as it happens, until an interrupt.
import type { CommandDeps } from '../../command-deps.ts';
import { FollowedProxyvms } from '../../follow-requests.ts';
import { look } from '../../view.ts';
import { namedQubes, proxyvmsFor, proxyvmsNow } from '../blocked-hosts.ts';
import { FollowPrinter } from '../follow-printer.ts';
import type { Output } from '../output.ts';
import { parseSince } from '../parse-since.ts';
import type { Streams } from '../run.ts';
import type { BlockedArguments } from './blocked.ts';

export interface FollowArguments extends BlockedArguments {
    /** A line of JSON for each host. */
    readonly json: boolean;
}

export async function followBlocked(
    deps: CommandDeps,
    args: FollowArguments,
    streams: Streams,
): Promise<Output> {
    const since = parseSince(args.since, deps.now());
    const view = await look(deps);
    const named = namedQubes(view, args.qubes);
    if ((await proxyvmsFor(deps, view, named)).length === 0) {
        const lines = ['nothing to follow: no ProxyVM serves any of them'];
        return { lines, warnings: [], json: null, failed: false };
    }
    const names = named && new Set(named.map(({ name }) => name));
    const printer = new FollowPrinter(deps, view, streams, {
        isWanted: ({ qube, last }) =>
            (names === null || names.has(qube)) &&
            (since === null || last >= since),
        isJson: args.json,
    });
    await new FollowedProxyvms().follow(
        deps,
        async () => proxyvmsNow(deps, await printer.view(), named),
        printer,
        streams.interrupted(),
    );
    return { lines: [], warnings: [], json: null, failed: false };
}
