// Since when all uses of a file's rules are in its sums: what is not counted is
// not to be called unused.

import type { FileUsage } from './usage-file.ts';
import {
    type Client,
    clientsIn,
    type Known,
    ownerOf,
} from './usage-of-files.ts';

/** Nobody may have looked for longer: a ProxyVM's counters may be gone. */
export const longestGap = 7 * 24 * 60 * 60;

/** What is known of all for whom a file is, after ProxyVMs were asked. */
export type Answered =
    /** All their uses until now are in the sums. */
    | 'all'
    /** Some may be added later. */
    | 'some'
    /** For one of them they are not counted. */
    | 'uncounted';

/** `isMissing`: uses of that client may not be in the sums yet. */
export function answeredFor(
    file: string,
    clients: readonly Client[],
    isMissing: (client: Client) => boolean,
): Answered {
    const users = clients.filter(({ files }) => files.includes(file));
    const known = users.filter(({ rules }) => rules !== null);
    if (users.length === 0 || known.some(({ isCounted }) => !isCounted)) {
        return 'uncounted';
    }
    const isWhole = users.every(
        (user) => user.rules !== null && !isMissing(user),
    );
    return isWhole ? 'all' : 'some';
}

/** The sums with the span that they are for. */
export function withSpan(
    usage: FileUsage,
    answered: Answered,
    now: number,
): FileUsage {
    const { since, at } = usage;
    const isWhole = since !== null && at <= now && now - at <= longestGap;
    switch (answered) {
        case 'all':
            return { ...usage, since: isWhole ? since : now, at: now };
        case 'some':
            return usage;
        case 'uncounted':
            return since === null ? usage : { ...usage, since: null, at: now };
    }
}

/** Sums by rule file. */
export type Usages = ReadonlyMap<string, FileUsage>;

/** Those of files of which all uses are counted, until now or nearly so. */
export function countedUsages(known: Known, usages: Usages): Usages {
    const clients = usages.size === 0 ? [] : clientsIn(known);
    const now = known.moment.nowMs / 1000;
    return new Map(
        [...usages].filter(
            ([file, { at, owner }]) =>
                now - at <= longestGap &&
                owner === ownerOf(file, known.system) &&
                answeredFor(file, clients, () => false) === 'all',
        ),
    );
}
