// The requests that `watch` knows of, bounded for each qube by itself.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    keyOf,
    type RequestedHost,
} from '../../core/requests/requested-host.ts';

/** A qube's requests for a host that came to the same, folded. */
export type Row = RequestedHost;

/** Rows that are kept of one qube: its newest. */
export const mostRows = 100;

/** Qubes that rows are kept of: those that asked for something last. */
export const mostQubes = 100;

/** What tells rows apart. */
export function rowKey(row: Row): string {
    return `${row.qube} ${keyOf(row)}`;
}

/** Milliseconds that a time may be off which is told in whole seconds. */
const blur = 2000;

/** What is told last stays first, whichever way its time was rounded. */
export function justNow(row: Row, at: Date): Row {
    const age = at.getTime() - row.last.getTime();
    return age <= blur ? { ...row, last: at } : row;
}

export class Rows {
    readonly #qubes = new Map<QubeName, Map<string, Row>>();

    add(changed: readonly Row[]): void {
        for (const row of [...changed].sort(byNewest).reverse()) {
            const rows = this.#qubes.get(row.qube) ?? new Map<string, Row>();
            const key = rowKey(row);
            // The last one in a map is the one that was put in last.
            rows.delete(key);
            rows.set(key, row);
            this.#qubes.delete(row.qube);
            this.#qubes.set(row.qube, rows);
            forgetFirst(rows, mostRows);
        }
        forgetFirst(this.#qubes, mostQubes);
    }

    all(): Row[] {
        return [...this.#qubes.values()].flatMap((rows) => [...rows.values()]);
    }
}

function forgetFirst(all: Map<string, unknown>, most: number): void {
    for (const key of all.keys()) {
        if (all.size <= most) {
            return;
        }
        all.delete(key);
    }
}

/**
 * The newest first; but among the first `page` each qube has its share, however
 * much the others ask for.
 */
export function inOrder(rows: readonly Row[], page: number): Row[] {
    const sorted = [...rows].sort(byNewest);
    const qubes = new Set(sorted.map(({ qube }) => qube)).size;
    const share = Math.max(1, Math.floor(page / Math.max(1, qubes)));
    const taken = new Map<QubeName, number>();
    const first = new Set<Row>();
    for (const row of sorted) {
        const count = taken.get(row.qube) ?? 0;
        if (count < share && first.size < page) {
            taken.set(row.qube, count + 1);
            first.add(row);
        }
    }
    for (const row of sorted) {
        if (first.size >= page) {
            break;
        }
        first.add(row);
    }
    return [
        ...sorted.filter((row) => first.has(row)),
        ...sorted.filter((row) => !first.has(row)),
    ];
}

function byNewest(one: Row, other: Row): number {
    return (
        other.last.getTime() - one.last.getTime() ||
        compare(one.qube, other.qube) ||
        compare(rowKey(one), rowKey(other))
    );
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
