// Prints refused hosts as ProxyVMs tell of them.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import type { CallFailure } from '../core/agent-answer.ts';
import { type Heard, RequestBook } from '../core/requests/request-book.ts';
import {
    type RefusedHost,
    refusedAmong,
} from '../core/requests/requested-host.ts';
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import type { RequestsListener } from '../follow-requests.ts';
import type { View } from '../view.ts';
import {
    type BlockedHost,
    type RemedyFor,
    remediesOf,
} from './blocked-hosts.ts';
import { formatStrangers } from './format/asked-requests.ts';
import {
    eventJson,
    formatAway,
    formatEvent,
    formatMore,
    formatUnnamed,
} from './format/follow.ts';
import { OfView } from './of-view.ts';
import { freshMs, RecentView } from './recent-view.ts';
import type { Streams } from './run.ts';

export interface Following {
    readonly isWanted: (host: RefusedHost) => boolean;
    readonly isJson: boolean;
}

/** Hosts of one qube that are printed at a time: the newest. */
const mostAtOnce = 20;

export class FollowPrinter implements RequestsListener {
    readonly #now: () => Date;
    readonly #recent: RecentView;
    readonly #streams: Streams;
    readonly #following: Following;
    readonly #book = new RequestBook();
    /** What was said once, of each qube: as many as there are. */
    readonly #said = new Set<string>();
    /** Of each qube. */
    readonly #remedies = new OfView<RemedyFor>();

    constructor(
        deps: Deps,
        view: View,
        streams: Streams,
        following: Following,
    ) {
        this.#now = deps.now;
        this.#recent = new RecentView(deps, view);
        this.#streams = streams;
        this.#following = following;
    }

    async onRequests(proxyvm: QubeName, requests: Requests): Promise<void> {
        const view = await this.#newest(() =>
            this.#recent.withClients(proxyvm, requests),
        );
        const told = { proxyvm, requests, at: this.#now() };
        const heard = this.#book.add(told, view.system);
        const refused = refusedAmong(heard.changed).filter(
            this.#following.isWanted,
        );
        this.#print(view, refused);
        this.#warnOf(proxyvm, heard);
    }

    /** What dom0 knows, as far as it can be read. */
    view(): Promise<View> {
        return this.#newest(() => this.#recent.within(freshMs));
    }

    onAway(proxyvm: QubeName, failure: CallFailure): void {
        this.#warn(formatAway(proxyvm, this.#recent.last.system, failure));
    }

    onBack(proxyvm: QubeName): void {
        this.#warn([`${proxyvm}: it is back`]);
    }

    #withRemedy(view: View, host: RefusedHost): BlockedHost {
        const qube = view.system.get(host.qube);
        if (qube === undefined) {
            throw new Error('a book tells of a qube that is not there');
        }
        const remedyFor = this.#remedies.get(view, qube.name, () =>
            remediesOf(view, qube),
        );
        return { ...host, remedy: remedyFor(host) };
    }

    /** What was known before is good enough to go on with. */
    async #newest(read: () => Promise<View>): Promise<View> {
        try {
            return await read();
        } catch (error) {
            if (!(error instanceof Failure)) {
                throw error;
            }
            const lines = [`${error.message}; going on by what was known`];
            this.#warnOnce('look', lines);
            return this.#recent.last;
        }
    }

    #print(view: View, hosts: readonly RefusedHost[]): void {
        const lines = this.#following.isJson
            ? hosts.map((host) =>
                  JSON.stringify(eventJson(this.#withRemedy(view, host))),
              )
            : this.#textLines(view, hosts);
        if (lines.length > 0) {
            this.#streams.out(lines.map((line) => `${line}\n`).join(''));
        }
    }

    /** A flood of one qube leaves room for the others. */
    #textLines(view: View, hosts: readonly RefusedHost[]): string[] {
        return [...byQube(hosts)].flatMap(([qube, all]) => [
            ...formatMore(qube, all.length - mostAtOnce),
            ...all
                .slice(-mostAtOnce)
                .map((host) => formatEvent(this.#withRemedy(view, host))),
        ]);
    }

    #warnOf(proxyvm: QubeName, { strangers, flooded }: Heard): void {
        for (const name of strangers) {
            const lines = formatStrangers(proxyvm, [name]);
            this.#warnOnce(`stranger ${proxyvm} ${name}`, lines);
        }
        for (const name of flooded) {
            this.#warnOnce(`flood ${name}`, [formatUnnamed(name)]);
        }
    }

    #warnOnce(what: string, lines: readonly string[]): void {
        if (!this.#said.has(what)) {
            this.#said.add(what);
            this.#warn(lines);
        }
    }

    #warn(lines: readonly string[]): void {
        this.#streams.err(lines.map((line) => `${line}\n`).join(''));
    }
}

function byQube(
    hosts: readonly RefusedHost[],
): ReadonlyMap<QubeName, readonly RefusedHost[]> {
    const all = new Map<QubeName, RefusedHost[]>();
    for (const host of hosts) {
        const same = all.get(host.qube) ?? [];
        same.push(host);
        all.set(host.qube, same);
    }
    return all;
}
