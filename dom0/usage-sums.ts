// The sums of uses in dom0, and how they are changed.
import type { FileProblem } from './core/file-problem.ts';
import { type FileUsage, isNews } from './core/usage/usage-file.ts';
import { newUsage, ownerOf } from './core/usage/usage-of-files.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';

export interface Sums {
    /** By rule file, of those that are or were counted. */
    readonly usages: ReadonlyMap<string, FileUsage>;
    /** Sums that cannot be read, which are left as they are. */
    readonly problems: readonly FileProblem[];
}

/** Runs an action while nobody else of us changes sums. */
export function withUsageLock<T>(
    { withLock }: Pick<Deps, 'withLock'>,
    action: () => Promise<T>,
): Promise<T> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLock('.usage', action);
}

/** Null: the file is not there any more, and its sums go. */
type Change = (
    usage: FileUsage,
    file: string,
) => FileUsage | null | Promise<FileUsage>;

/** Call it under the lock. Sums that cannot be read are left as they are. */
export async function updateSums(
    deps: Deps,
    { system }: View,
    files: readonly string[],
    change: Change,
): Promise<Sums> {
    const usages = new Map<string, FileUsage>();
    const problems: FileProblem[] = [];
    for (const file of new Set(files)) {
        const read = await deps.usage.read(file);
        if (!read.ok) {
            problems.push(read.error);
            continue;
        }
        // Those of an earlier qube of that name are not its own.
        const owner = ownerOf(file, system);
        const own = read.value?.owner === owner ? read.value : newUsage(owner);
        const usage = await change(own, file);
        await store(deps, file, read.value, usage);
        if (usage !== null) {
            usages.set(file, usage);
        }
    }
    return { usages, problems };
}

async function store(
    { usage }: Deps,
    file: string,
    before: FileUsage | null,
    after: FileUsage | null,
): Promise<void> {
    if (after === null) {
        await usage.delete(file);
    } else if (before === null || isNews(before, after)) {
        await usage.write(file, after);
    }
}
