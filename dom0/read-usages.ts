// The sums of uses, as they stand in dom0: no ProxyVM is asked.
import type { FileProblem } from './core/file-problem.ts';
import type { Usages } from './core/usage/span.ts';
import type { FileUsage } from './core/usage/usage-file.ts';
import type { Deps } from './deps.ts';

export interface ReadUsages {
    readonly usages: Usages;
    /** What cannot be read. */
    readonly problems: readonly FileProblem[];
}

/** Without the lock: each file is replaced whole. */
export async function readUsages({
    usage,
}: Pick<Deps, 'usage'>): Promise<ReadUsages> {
    const usages = new Map<string, FileUsage>();
    const problems: FileProblem[] = [];
    for (const file of await usage.list()) {
        const read = await usage.read(file);
        if (!read.ok) {
            problems.push(read.error);
        } else if (read.value !== null) {
            usages.set(file, read.value);
        }
    }
    return { usages, problems };
}
