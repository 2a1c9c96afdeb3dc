// Which refusals a person is told of without having asked.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { mostHosts } from './request-book.ts';
import type { RefusedHost } from './requested-host.ts';

/** Milliseconds: who was refused a host before that is told of it again. */
export const quietMs = 30 * 60 * 1000;

/** Hosts that one notice names. */
export const mostNamed = 3;

/** One for each qube, however many hosts it is about. */
export interface RefusalNotice<Host extends RefusedHost> {
    readonly qube: QubeName;
    /** The newest first, each once. */
    readonly hosts: readonly Host[];
    /** How many it does not name. */
    readonly more: number;
}

/**
 * Remembers what was refused of late. What goes on being refused is no news.
 * It is bounded by the qubes that there are.
 */
export class RefusalNotices {
    readonly #seen = new Map<QubeName, Map<string, number>>();

    /** What is new among all that was refused since the last time. */
    take<Host extends RefusedHost>(
        refused: readonly Host[],
        nowMs: number,
    ): RefusalNotice<Host>[] {
        this.#forget(nowMs);
        return [...byQube(refused)].flatMap(([qube, hosts]) => {
            const seen = this.#seen.get(qube) ?? new Map<string, number>();
            this.#seen.set(qube, seen);
            const fresh = [...hosts.values()].filter(
                ({ host }) => !seen.has(host),
            );
            for (const host of hosts.keys()) {
                // Behind all others: the first is the longest unseen.
                seen.delete(host);
                seen.set(host, nowMs);
            }
            dropFirst(seen, seen.size - mostHosts);
            const named = fresh.slice(0, mostNamed);
            const more = fresh.length - named.length;
            return named.length === 0 ? [] : [{ qube, hosts: named, more }];
        });
    }

    #forget(nowMs: number): void {
        for (const [qube, seen] of this.#seen) {
            for (const [host, at] of seen) {
                if (nowMs - at >= quietMs) {
                    seen.delete(host);
                }
            }
            if (seen.size === 0) {
                this.#seen.delete(qube);
            }
        }
    }
}

/** The newest first, and each host once, whatever its ports were. */
function byQube<Host extends RefusedHost>(
    refused: readonly Host[],
): Map<QubeName, Map<string, Host>> {
    const qubes = new Map<QubeName, Map<string, Host>>();
    const newestFirst = [...refused].sort(
        (one, other) => other.last.getTime() - one.last.getTime(),
    );
    for (const one of newestFirst) {
        const hosts = qubes.get(one.qube) ?? new Map<string, Host>();
        qubes.set(one.qube, hosts);
        if (!hosts.has(one.host)) {
            hosts.set(one.host, one);
        }
    }
    return qubes;
}

function dropFirst(seen: Map<string, number>, count: number): void {
    for (const host of [...seen.keys()].slice(0, Math.max(0, count))) {
        seen.delete(host);
    }
}
