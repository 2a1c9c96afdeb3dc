// A change of who learns: read, changed and written under one lock.
import { toPrintable } from '../shared/printable.ts';
import { type Learning, learningFile } from './core/learning.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { shownConfig } from './paths.ts';
import { noLocks, withLockBeside } from './visit-locks.ts';

export interface LearningChange {
    readonly before: Learning;
    readonly after: Learning;
}

/** Who learns, as a change makes it; written, unless it is a trial. */
export async function changeLearning(
    deps: Deps,
    change: (before: Learning) => Learning,
    isTrial: boolean,
    locks = noLocks,
): Promise<LearningChange> {
    const changed = async () => {
        const before = await readLearning(deps);
        return { before, after: change(before) };
    };
    if (isTrial) {
        return changed();
    }
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLockBeside(deps, '.learning', locks, async () => {
        const { before, after } = await changed();
        await deps.learning.write(after);
        return { before, after };
    });
}

async function readLearning(deps: Deps): Promise<Learning> {
    const learning = await deps.learning.read();
    if (!learning.ok) {
        const path = `${shownConfig}/${learningFile}`;
        throw new Failure(
            `nothing was changed: ${path}: ${toPrintable(learning.error)}; ` +
                `to have none learn: rm ${path}`,
        );
    }
    return learning.value;
}
