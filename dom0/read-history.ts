// The history of files as it is to be read, which changes nothing: what is
// not recorded yet is in it as it will be.
import type { Uuid } from '../shared/domain/uuid.ts';
import type { FileProblem } from './core/file-problem.ts';
import { type Change, settle } from './core/history.ts';
import { byHand, type EntryName, qubeOfPath } from './core/history-entry.ts';
import { utcSeconds } from './core/utc.ts';
import type { Deps } from './deps.ts';

export interface FileHistory {
    readonly path: string;
    /** The oldest first. */
    readonly changes: readonly Change[];
}

export interface Histories {
    readonly files: readonly FileHistory[];
    /** Entries that cannot be understood, and what is no entry. */
    readonly problems: readonly FileProblem[];
}

/** The histories of all files that are meant. */
export async function readHistories(
    deps: Deps,
    isMeant: (path: string) => boolean = () => true,
): Promise<Histories> {
    const { entries, ignored } = await deps.history.list();
    const owners = await deps.rules.owners();
    const paths = new Set(entries.map(({ path }) => path).filter(isMeant));
    const files: FileHistory[] = [];
    const problems = [...ignored];
    for (const path of paths) {
        const name = qubeOfPath(path);
        const owner = (name && owners.get(name)) ?? null;
        const changes = await readChanges(
            deps,
            entries.filter((each) => each.path === path),
            problems,
        );
        files.push({
            path,
            changes: await withUnrecorded(deps, path, owner, changes),
        });
    }
    return { files, problems };
}

interface Recorded {
    readonly changes: readonly Change[];
    /** It was cut short. */
    readonly pending: Change | null;
}

async function readChanges(
    deps: Deps,
    names: readonly EntryName[],
    problems: FileProblem[],
): Promise<Recorded> {
    const changes: Change[] = [];
    let pending: Change | null = null;
    const entries = await Promise.all(
        names.map(
            async (name) => [name, await deps.history.read(name)] as const,
        ),
    );
    for (const [name, entry] of entries) {
        if (!entry.ok) {
            problems.push(entry.error);
        } else if (name.isPending) {
            pending = { ...entry.value, number: name.number };
        } else {
            changes.push({ ...entry.value, number: name.number });
        }
    }
    return { changes, pending };
}

/** With what settling would record. */
async function withUnrecorded(
    deps: Deps,
    path: string,
    owner: Uuid | null,
    { changes, pending }: Recorded,
): Promise<Change[]> {
    const current = await deps.history.current(path);
    const found = settle(
        changes.at(-1)?.text ?? null,
        pending?.text ?? null,
        current.ok ? current.value : null,
    );
    const isMade = pending !== null && found.pending === 'came-about';
    const all = isMade ? [...changes, pending] : [...changes];
    if (!found.isByHand || !current.ok) {
        return all;
    }
    const previous = all.at(-1)?.number ?? null;
    const time = utcSeconds(deps.now());
    const text = current.value;
    return [...all, { ...byHand, owner, number: null, time, previous, text }];
}
