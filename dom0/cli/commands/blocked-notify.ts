// `blocked --notify` tells the desktop what is refused, until an interrupt. It
// asks once a minute: nothing of ours stays in a ProxyVM for it.
import type { Notification } from '../../adapters/notify.ts';
import type { CommandDeps } from '../../command-deps.ts';
import {
    quietMs,
    type RefusalNotice,
    RefusalNotices,
} from '../../core/requests/refusal-notices.ts';
import { look } from '../../view.ts';
import { waited } from '../../waited.ts';
import { type BlockedHost, findBlocked, namedQubes } from '../blocked-hosts.ts';
import { explainError } from '../explain-error.ts';
import { formatAsked } from '../format/asked-requests.ts';
import {
    allowable,
    fewEnough,
    formatRefusalNotice,
} from '../format/refusal-notice.ts';
import type { Output } from '../output.ts';
import type { Streams } from '../run.ts';
import { allow } from './allow.ts';
import { isHalted } from './blocked.ts';

/** Milliseconds. Each qube has one notice in it at most. */
const intervalMs = 60_000;

/** Milliseconds by which two looks overlap: times are whole seconds. */
const overlapMs = 5000;

export async function notifyBlocked(
    deps: CommandDeps,
    qubes: readonly string[],
    streams: Streams,
): Promise<Output> {
    namedQubes(await look(deps), qubes);
    const signal = streams.interrupted();
    const notices = new RefusalNotices();
    const say = (line: string) => streams.err(`${line}\n`);
    const since = new Since(deps.now());
    let unheard = '';
    while (!signal.aborted) {
        await waited(intervalMs, signal);
        const now = deps.now();
        try {
            const scope = { qubes, since: since.date };
            const news = await findNews(deps, notices, scope);
            since.asked(now, news.unheard.length === 0);
            for (const failed of showNotices(deps, news.notices)) {
                void failed.then((line) => line && say(line));
            }
            // Once, and again when it is something else.
            const lines = news.unheard.join('\n');
            if (lines !== unheard && lines !== '') {
                say(lines);
            }
            unheard = lines;
        } catch (error) {
            // qubesd is restarted, for one: it is asked again in a minute.
            say(explainError(error));
        }
    }
    return { lines: [], warnings: [], json: null, failed: false };
}

/**
 * Since when refusals are asked for. What a ProxyVM did not tell is asked for
 * again, but not what is too old to be news.
 */
export class Since {
    date: Date;

    constructor(date: Date) {
        this.date = date;
    }

    asked(now: Date, isAllHeard: boolean): void {
        const oldest = now.getTime() - quietMs;
        this.date = new Date(
            isAllHeard
                ? now.getTime() - overlapMs
                : Math.max(this.date.getTime(), oldest),
        );
    }
}

export interface News {
    readonly notices: RefusalNotice<BlockedHost>[];
    /** Which ProxyVMs told nothing, and why. */
    readonly unheard: string[];
}

/** What was refused since then and is worth a notice. */
export async function findNews(
    deps: CommandDeps,
    notices: RefusalNotices,
    scope: { readonly qubes: readonly string[]; readonly since: Date },
): Promise<News> {
    // No ProxyVM was told to serve anybody: the look would be for nothing.
    if ((await deps.told.read()).size === 0) {
        return { notices: [], unheard: [] };
    }
    const view = await look(deps);
    const found = await findBlocked(deps, view, scope);
    const failed = found.proxyvms.filter(
        (each) => !each.result.ok && !isHalted(each),
    );
    const refused = found.qubes
        .filter(({ learner }) => learner === null)
        .flatMap(({ hosts }) => hosts)
        .filter(({ remedy }) => remedy.kind !== 'none-needed');
    return {
        notices: notices.take(refused, deps.monotonicMs()),
        unheard: formatAsked(failed, view.system),
    };
}

/** Each until it is closed; why it failed, if it did. */
export function showNotices(
    deps: CommandDeps,
    notices: readonly RefusalNotice<BlockedHost>[],
): Promise<string | null>[] {
    const { each, others } = fewEnough(notices);
    return [
        ...each.map((notice) => showNotice(deps, notice)),
        ...(others === null ? [] : [show(deps, others)]),
    ];
}

async function show(
    deps: CommandDeps,
    notification: Notification,
): Promise<string | null> {
    const shown = await deps.notify(notification);
    return shown.ok ? null : shown.error;
}

/** Shows it and does what its button says; why that failed, if it did. */
export async function showNotice(
    deps: CommandDeps,
    notice: RefusalNotice<BlockedHost>,
): Promise<string | null> {
    const shown = await deps.notify(formatRefusalNotice(notice));
    if (!shown.ok) {
        return shown.error;
    }
    const chosen =
        shown.value === null ? undefined : allowable(notice)[shown.value];
    if (chosen === undefined) {
        return null;
    }
    return show(deps, await allowHost(deps, chosen));
}

/** As if `allow` had been typed; what it said. */
async function allowHost(
    deps: CommandDeps,
    { qube, host }: BlockedHost,
): Promise<Notification> {
    try {
        const output = await allow(deps, {
            qube,
            patterns: [host],
            asIs: false,
            comment: null,
            expire: null,
            untilShutdown: false,
            template: false,
            dryRun: false,
            verbose: false,
        });
        const body = [...output.lines, ...output.warnings].join('\n');
        const what = output.failed ? 'not in force' : 'allowed';
        return { summary: `${qube}: ${host} ${what}`, body, actions: [] };
    } catch (error) {
        const summary = `${qube}: ${host} not allowed`;
        return { summary, body: explainError(error), actions: [] };
    }
}
