// Prints refused hosts as ProxyVMs tell of them.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import type { CallFailure } from '../core/agent-answer.ts';
import type { System } from '../core/qube.ts';
import { type Heard, RequestBook } from '../core/requests/request-book.ts';
import {
    type RefusedHost,
    refusedAmong,
} from '../core/requests/requested-host.ts';
import type { Deps } from '../deps.ts';
import type { RequestsListener } from '../follow-requests.ts';
import type { View } from '../view.ts';
import { type BlockedHost, remediesOf } from './blocked-hosts.ts';
import { formatStrangers } from './format/blocked.ts';
import {
    eventJson,
    formatAway,
    formatEvent,
    formatMore,
    formatUnnamed,
} from './format/follow.ts';
import { RecentView } from './recent-view.ts';
import type { Streams } from './run.ts';

export interface Following {
    readonly isWanted: (host: RefusedHost) => boolean;
    readonly isJson: boolean;
}

/** Hosts of one qube that are printed at a time: the newest. */
const mostAtOnce = 20;

/** Milliseconds for which what dom0 knew is good enough. */
const freshFor = { known: 10_000, unknown: 2000 };

export class FollowPrinter implements RequestsListener {
    readonly #now: () => Date;
    readonly #recent: RecentView;
    readonly #streams: Streams;
    readonly #following: Following;
    readonly #book = new RequestBook();
    readonly #said = new Set<string>();
    /** Of the view that they were made of. */
    #remedies: {
        readonly view: View;
        readonly of: Map<QubeName, ReturnType<typeof remediesOf>>;
    };

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
        this.#remedies = { view, of: new Map() };
    }

    async onRequests(proxyvm: QubeName, requests: Requests): Promise<void> {
        const isKnown = isAllKnown(requests, this.#recent.last.system);
        const age = isKnown ? freshFor.known : freshFor.unknown;
        const view = await this.#recent.within(age);
        const told = { proxyvm, requests, at: this.#now() };
        const heard = this.#book.add(told, view.system);
        const refused = refusedAmong(heard.changed).filter(
            this.#following.isWanted,
        );
        this.#print(refused.map((host) => this.#withRemedy(view, host)));
        this.#warnOnce(proxyvm, heard);
    }

    onAway(proxyvm: QubeName, failure: CallFailure): void {
        this.#warn(formatAway(proxyvm, this.#recent.last.system, failure));
    }

    onBack(proxyvm: QubeName): void {
        this.#warn([`${proxyvm}: it is back`]);
    }

    #withRemedy(view: View, host: RefusedHost): BlockedHost {
        if (view !== this.#remedies.view) {
            this.#remedies = { view, of: new Map() };
        }
        const qube = view.system.get(host.qube);
        if (qube === undefined) {
            throw new Error('a book tells of a qube that is not there');
        }
        const { of } = this.#remedies;
        const remedyFor = of.get(host.qube) ?? remediesOf(view, qube);
        of.set(host.qube, remedyFor);
        return { ...host, remedy: remedyFor(host) };
    }

    #print(hosts: readonly BlockedHost[]): void {
        const lines = this.#following.isJson
            ? hosts.map((host) => JSON.stringify(eventJson(host)))
            : this.#textLines(hosts);
        if (lines.length > 0) {
            this.#streams.out(lines.map((line) => `${line}\n`).join(''));
        }
    }

    /** A flood of one qube leaves room for the others. */
    #textLines(hosts: readonly BlockedHost[]): string[] {
        return [...byQube(hosts)].flatMap(([qube, all]) => [
            ...formatMore(qube, all.length - mostAtOnce),
            ...all.slice(-mostAtOnce).map(formatEvent),
        ]);
    }

    #warnOnce(proxyvm: QubeName, { strangers, flooded }: Heard): void {
        const lines = [
            ...formatStrangers(proxyvm, strangers),
            ...flooded.map(formatUnnamed),
        ].filter((line) => !this.#said.has(line));
        for (const line of lines) {
            this.#said.add(line);
        }
        this.#warn(lines);
    }

    #warn(lines: readonly string[]): void {
        this.#streams.err(lines.map((line) => `${line}\n`).join(''));
    }
}

function isAllKnown({ clients }: Requests, system: System): boolean {
    const known = new Set([...system.values()].map(({ uuid }) => uuid));
    return clients.every(({ uuid }) => known.has(uuid));
}

function byQube(
    hosts: readonly BlockedHost[],
): ReadonlyMap<QubeName, readonly BlockedHost[]> {
    const all = new Map<QubeName, BlockedHost[]>();
    for (const host of hosts) {
        const same = all.get(host.qube) ?? [];
        same.push(host);
        all.set(host.qube, same);
    }
    return all;
}
