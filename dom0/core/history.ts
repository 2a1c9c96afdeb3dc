// What the entries of the history mean together: what has happened since the
// last one, what an undo comes to, and which entries are too many.
import type { Uuid } from '../../shared/domain/uuid.ts';
import type { Entry, EntryName } from './history-entry.ts';

/** One change of a file. */
export interface Change extends Entry {
    /** Null: it was made by hand, and is not recorded yet. */
    readonly number: number | null;
}

/** What to make of a file's history before anything is added to it. */
export interface Settlement {
    /** A change that was cut short: whether it came about. */
    readonly pending: 'none' | 'came-about' | 'did-not';
    /** The file has been changed by hand since. */
    readonly isByHand: boolean;
}

const nothing = new Uint8Array();

export function isSameText(one: Uint8Array, other: Uint8Array): boolean {
    return Buffer.from(one).equals(other);
}

/**
 * What has become of a file. `last` is the text that its last change left,
 * `pending` that of a change that was cut short, each null if there is none,
 * and `current` what is in it, null if that cannot be read. What may have been
 * in force is never dropped.
 */
export function settle(
    last: Uint8Array | null,
    pending: Uint8Array | null,
    current: Uint8Array | null,
): Settlement {
    const isLeft = current === null || isSameText(current, last ?? nothing);
    if (pending === null) {
        return { pending: 'none', isByHand: !isLeft };
    }
    if (current === null || isSameText(current, pending)) {
        return { pending: 'came-about', isByHand: false };
    }
    return isLeft
        ? { pending: 'did-not', isByHand: false }
        : { pending: 'came-about', isByHand: true };
}

/**
 * The text that a change found, out of all changes of its file that are
 * kept; null if nobody knows: it is not kept any more, or the file was there
 * before its history began.
 */
export function textBefore(
    changes: readonly Change[],
    { previous, command }: Change,
): Uint8Array | null {
    if (previous === null) {
        return command === null ? null : nothing;
    }
    return changes.find(({ number }) => number === previous)?.text ?? null;
}

/** What is taken back, and what the file is to be then. */
export interface Undo {
    /** The change, or with it all that came after it. */
    readonly change: Change;
    readonly text: Uint8Array;
}

export type NoUndo =
    /** No change of this qube's is recorded. */
    | 'none'
    /** The file has no change of that number. */
    | 'unknown'
    /** It is of an earlier qube of that name. */
    | 'foreign'
    /** Nobody knows what was before. */
    | 'not-known';

/**
 * How to take back a file's last change, or all from that number on. `changes`
 * are its own, the oldest first. No undo gives a qube what another had.
 */
export function planUndo(
    changes: readonly Change[],
    owner: Uuid | null,
    from: number | null,
): Undo | NoUndo {
    const isIts = (each: Change | undefined) =>
        each !== undefined && (each.owner === null || each.owner === owner);
    const start = changes.findLastIndex((each) => !isIts(each)) + 1;
    const own = changes.slice(start);
    const change =
        from === null ? own.at(-1) : own.find(({ number }) => number === from);
    if (change === undefined) {
        const isThere = changes.some(({ number }) => number === from);
        const miss = isThere ? 'foreign' : 'unknown';
        return from === null ? 'none' : miss;
    }
    const text = textBefore(changes, change);
    if (text === null) {
        return 'not-known';
    }
    const before = changes.find(({ number }) => number === change.previous);
    const isAnothers = change.previous !== null && !isIts(before);
    return isAnothers && text.length > 0 ? 'foreign' : { change, text };
}

/** Changes that are kept of each file, and of all together. */
export const mostOfFile = 100;
export const mostOfAll = 2000;

/** Bytes of all entries together. */
export const mostBytes = 64 * 1024 * 1024;

export interface SizedEntry extends EntryName {
    readonly bytes: number;
}

/**
 * The entries that have to go so that one more fits: the oldest of its file
 * if that has too many, then the oldest of whichever file has most of what is
 * too much, entries or bytes. The newest of each file stays.
 */
export function surplus(
    entries: readonly SizedEntry[],
    coming: Pick<SizedEntry, 'path' | 'bytes'>,
): SizedEntry[] {
    const files = byFile(entries);
    const own = files.get(coming.path) ?? [];
    const gone = own.splice(0, Math.max(0, own.length - mostOfFile + 1));
    const all = [...files.values()];
    return [
        ...gone,
        ...shrink(all, (file) => file.length, mostOfAll - 1),
        ...shrink(all, sizeOf, mostBytes - coming.bytes),
    ];
}

/** Takes the oldest out of the largest until all are not more than that. */
function shrink(
    files: readonly SizedEntry[][],
    measure: (file: readonly SizedEntry[]) => number,
    most: number,
): SizedEntry[] {
    const gone: SizedEntry[] = [];
    while (sum(files.map(measure)) > most) {
        const [largest] = files
            .filter((file) => file.length > 1)
            .sort((one, other) => measure(other) - measure(one));
        if (largest === undefined) {
            break;
        }
        gone.push(...largest.splice(0, 1));
    }
    return gone;
}

/** The entries of each file, the oldest first. */
function byFile(entries: readonly SizedEntry[]): Map<string, SizedEntry[]> {
    const files = new Map<string, SizedEntry[]>();
    for (const entry of [...entries].sort((a, b) => a.number - b.number)) {
        const file = files.get(entry.path);
        if (file === undefined) {
            files.set(entry.path, [entry]);
        } else {
            file.push(entry);
        }
    }
    return files;
}

function sizeOf(file: readonly SizedEntry[]): number {
    return sum(file.map(({ bytes }) => bytes));
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((all, each) => all + each, 0);
}
