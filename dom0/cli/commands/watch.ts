// `watch` shows what filtered qubes ask for, on a whole screen, until it is left.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CommandDeps } from '../../command-deps.ts';
import type { Visit } from '../../core/situation.ts';
import { Failure } from '../../failure.ts';
import { FollowedProxyvms } from '../../follow-requests.ts';
import { noProgress } from '../../progress.ts';
import { look } from '../../view.ts';
import { namedQubes, proxyvmsNow } from '../blocked-hosts.ts';
import { formatUnended } from '../format/watch.ts';
import type { Output } from '../output.ts';
import { freshMs, RecentView } from '../recent-view.ts';
import type { Streams } from '../run.ts';
import { Heard } from '../watch/heard.ts';
import { recordUntil } from '../watch/recording.ts';
import { Watcher } from '../watch/watcher.ts';
import { allow } from './allow.ts';

export interface WatchArguments {
    /** None: all. */
    readonly qubes: readonly string[];
    /** What is allowed is not recorded for this. */
    readonly refusedOnly: boolean;
}

export async function watch(
    deps: CommandDeps,
    { qubes, refusedOnly }: WatchArguments,
    streams: Streams,
): Promise<Output> {
    const view = await look(deps);
    const named = namedQubes(view, qubes);
    const names = named && new Set(named.map(({ name }) => name));
    // What is printed beside the screen would end up on it.
    const silent = { ...deps, progress: noProgress };
    const left = new AbortController();
    const quit = () => left.abort();
    const signal = AbortSignal.any([streams.interrupted(), left.signal]);
    const heard = new Heard(
        silent,
        new RecentView(silent, view),
        (name) => names?.has(name) ?? true,
        () => watcher.onChange(),
    );
    const followed = new FollowedProxyvms();
    const opened = streams.openScreen({
        onKey: (key) => watcher.onKey(key),
        onResize: () => watcher.onResize(),
        onGone: quit,
    });
    if (!opened.ok) {
        throw new Failure(
            `${opened.error}; to print what is refused line by line: ` +
                'qvm-filterproxy blocked --follow',
        );
    }
    const watcher: Watcher = new Watcher(opened.value, {
        heard,
        named: named?.map(({ name }) => name) ?? null,
        allow: (args) => allow(silent, args),
        hasProxyvms: () => followed.size > 0,
        now: deps.now,
        monotonicMs: deps.monotonicMs,
        quit,
    });
    const proxyvms = async () =>
        proxyvmsNow(silent, await heard.refresh(freshMs), named);
    const following = { named, proxyvms, signal };
    if (!refusedOnly) {
        heard.expectAll();
    }
    const recording = refusedOnly
        ? Promise.resolve([])
        : record(deps, silent, heard, following);
    recording.catch(quit);
    let added: Promise<readonly string[]>;
    try {
        await followed.follow(silent, proxyvms, heard, signal);
    } finally {
        // Whatever ended it: what is recorded for it ends, too.
        quit();
        added = watcher.end();
        opened.value.close();
        await recording;
    }
    const lines = await added;
    const warnings = formatUnended(await recording);
    return { lines, warnings, json: null, failed: false };
}

interface Following {
    readonly proxyvms: () => Promise<readonly QubeName[]>;
    readonly named: ReturnType<typeof namedQubes>;
    readonly signal: AbortSignal;
}

/** In silence, but for the end: the terminal is given back then. */
function record(
    deps: CommandDeps,
    silent: CommandDeps,
    heard: Heard,
    { named, proxyvms, signal }: Following,
): Promise<Visit[]> {
    const recording = {
        qubes: named?.map(({ uuid }) => uuid) ?? null,
        proxyvms,
        onVisits: (visits: readonly Visit[]) => heard.onVisits(visits),
        onFailure: (message: string) => heard.onFailure(message),
    };
    return recordUntil(signal, silent, recording, deps);
}
