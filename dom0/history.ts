// Every change of a file is recorded, with what it left in the file: first
// the entry, then the file, then that it came about. If that is cut short,
// whoever comes next sees which of it happened.
import type { Uuid } from '../shared/domain/uuid.ts';
import { isSameText, settle, surplus } from './core/history.ts';
import {
    type Author,
    byHand,
    type EntryHead,
    type EntryName,
    qubeOfPath,
    renderEntry,
} from './core/history-entry.ts';
import { utcSeconds } from './core/utc.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { shownConfig } from './paths.ts';
import { withRuleLock } from './rule-lock.ts';

/** A change to come. */
export interface Planned {
    /** Of the file below /etc/qubes/filterproxy. */
    readonly path: string;
    /** The qube that it belongs to; null for a file that is no qube's. */
    readonly owner: Uuid | null;
    /** What the user typed, e.g. `allow`. */
    readonly command: string;
}

/**
 * Changes a file by an action that leaves that text in it, under the lock of
 * rule files. If the change cannot be recorded the action is not begun.
 */
export async function changeFile(
    deps: Deps,
    planned: Planned,
    text: string,
    action: () => Promise<void>,
): Promise<void> {
    const name = await recordPlan(deps, planned, Buffer.from(text)).catch(
        (error: unknown) => {
            throw asUnchanged(error, planned);
        },
    );
    await action();
    if (name !== null) {
        await confirm(deps, name);
    }
}

/** So far nothing has come about. */
function asUnchanged(error: unknown, { path }: Planned): unknown {
    return error instanceof Failure
        ? new Failure(
              `${shownConfig}/${path} was not changed: ${error.message}`,
          )
        : error;
}

/** The entry of a change to come; null: it changes nothing. */
async function recordPlan(
    deps: Deps,
    { path, owner, command }: Planned,
    after: Buffer,
): Promise<EntryName | null> {
    const current = await deps.history.current(path);
    const before = current.ok ? current.value : null;
    const { entries } = await deps.history.list();
    const previous = await settleFile(deps, entries, path, owner, before);
    if (before !== null && isSameText(before, after)) {
        return null;
    }
    const author = { by: deps.user(), command, owner };
    return add(deps, { path, isPending: true, author, previous, text: after });
}

/**
 * Records that a file has gone, in which that was; null: it could not be
 * read. It comes behind: nothing holds up that a removed qube's rules go.
 */
export async function recordGone(
    deps: Deps,
    { path, owner, command }: Planned,
    before: Buffer | null,
): Promise<void> {
    const { entries } = await deps.history.list();
    const previous = await settleFile(deps, entries, path, owner, before);
    const isEmpty = before !== null && before.length === 0;
    if (!isEmpty) {
        const author = { by: deps.user(), command, owner };
        const text = Buffer.alloc(0);
        await add(deps, { path, isPending: false, author, previous, text });
    }
}

/** Records what was changed by hand in any file since the last entry. */
export async function recordEdits(deps: Deps): Promise<void> {
    await withRuleLock(deps, async () => {
        const owners = await deps.rules.owners();
        const { entries } = await deps.history.list();
        const known = entries.map(({ path }) => path);
        for (const path of new Set([
            ...known,
            ...(await deps.history.paths()),
        ])) {
            const current = await deps.history.current(path);
            const name = qubeOfPath(path);
            const owner = (name && owners.get(name)) ?? null;
            const text = current.ok ? current.value : null;
            await settleFile(deps, entries, path, owner, text);
        }
    });
}

/**
 * Makes a file's history agree with what is in it, null if that cannot be
 * read. Returns the number of its last entry, null if it has none.
 */
async function settleFile(
    deps: Deps,
    entries: readonly EntryName[],
    path: string,
    owner: Uuid | null,
    current: Buffer | null,
): Promise<number | null> {
    const own = entries.filter((each) => each.path === path);
    const last = own.findLast((each) => !each.isPending);
    const pending = own.findLast((each) => each.isPending);
    const found = settle(
        await textOf(deps, last),
        await textOf(deps, pending),
        current,
    );
    let previous = last?.number ?? null;
    if (pending !== undefined && found.pending === 'came-about') {
        await deps.history.confirm(pending);
        previous = pending.number;
    } else if (pending !== undefined && found.pending === 'did-not') {
        await deps.history.delete(pending);
    }
    if (!found.isByHand || current === null) {
        return previous;
    }
    const author = { ...byHand, owner };
    const added = { path, isPending: false, author, previous, text: current };
    return (await add(deps, added)).number;
}

/** Null without an entry, and for one that cannot be understood. */
async function textOf(
    deps: Deps,
    name: EntryName | undefined,
): Promise<Uint8Array | null> {
    const entry = name && (await deps.history.read(name));
    return entry?.ok ? entry.value.text : null;
}

interface Addition {
    readonly path: string;
    readonly isPending: boolean;
    readonly author: Author;
    readonly previous: EntryHead['previous'];
    readonly text: Uint8Array;
}

async function add(
    deps: Deps,
    { path, isPending, author, previous, text }: Addition,
): Promise<EntryName> {
    const time = utcSeconds(deps.now());
    const entry = { time, ...author, previous, text };
    const { entries } = await deps.history.list();
    const bytes = renderEntry(entry).length;
    const sized = await deps.history.sizes(entries);
    for (const old of surplus(sized, { path, bytes })) {
        await deps.history.delete(old);
    }
    const number = (entries.at(-1)?.number ?? 0) + 1;
    const name = { number, path, isPending };
    await deps.history.write(name, entry);
    return name;
}

/**
 * A change that is made is not failed for this: settling does it again, and
 * says why it cannot.
 */
async function confirm(deps: Deps, name: EntryName): Promise<void> {
    try {
        await deps.history.confirm(name);
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
    }
}
