// What dom0 notes for itself: each file of it is read, whatever is wrong with
// another one.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Result } from '../../../shared/result.ts';
import type { SeenDaemon } from '../../core/daemon-state.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import type { Visited } from '../../core/visited.ts';
import type { Deps } from '../../deps.ts';
import { resultOf } from '../../failure.ts';
import { unreadPassed } from '../../read-moment.ts';
import type { View } from '../../view.ts';

export interface Notes {
    /** Or why it cannot be read, and what mends it; so with the others. */
    readonly daemon: Result<SeenDaemon, string>;
    /** As far as they can be read. */
    readonly visited: ReadonlyMap<QubeName, Visited | undefined>;
    /** Why others cannot be read, and what mends it. */
    readonly unread: readonly string[];
    /** What is wrong with files that are kept, of no qube alone. */
    readonly problems: readonly FileProblem[];
}

export async function readNotes(
    deps: Deps,
    { system, strays }: View,
): Promise<Notes> {
    const unread: string[] = [];
    const read = async <T>(reading: () => Promise<T>) => {
        const result = await resultOf(reading);
        if (!result.ok) {
            unread.push(result.error);
        }
        return result.ok ? result.value : undefined;
    };
    const visited = new Map<QubeName, Visited | undefined>();
    await read(() => deps.told.read());
    await read(() => deps.firstSeen.read());
    for (const { name, uuid, providesNetwork } of system.values()) {
        if (providesNetwork) {
            visited.set(name, await read(() => deps.visited.read(name)));
        }
        await read(() => deps.learned.read(uuid));
    }
    return {
        daemon: await resultOf(() => deps.daemon.read()),
        visited,
        unread,
        problems: [...strays, ...(await passedProblems(deps, strays))],
    };
}

/** While no rule has a time, nothing else asks for it. */
async function passedProblems(
    { passed }: Deps,
    known: readonly FileProblem[],
): Promise<FileProblem[]> {
    const result = await passed.read();
    if (result.ok) {
        return [];
    }
    const problem = unreadPassed(result.error);
    return known.some(({ file }) => file === problem.file) ? [] : [problem];
}
