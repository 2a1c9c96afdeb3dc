// A change of who learns: read, changed and written under one lock.
import { toPrintable } from '../shared/printable.ts';
import {
    type Learning,
    learningFile,
    withoutLearner,
} from './core/learning.ts';
import type { Qube } from './core/qube.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { shownConfig } from './paths.ts';
import type { View } from './view.ts';
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

/**
 * Has those learn no more, and returns who did. For qubes that are stopped or get
 * a block list: when that is over, nobody remembers that something was open.
 */
export async function endLearnings(
    deps: Deps,
    { moment, system }: View,
    qubes: readonly Qube[],
    isTrial: boolean,
    locks = noLocks,
): Promise<Qube[]> {
    const learning = await deps.learning.read();
    const noted = new Set(
        learning.ok ? learning.value.qubes.map(({ uuid }) => uuid) : [],
    );
    if (qubes.some(({ uuid }) => noted.has(uuid))) {
        const end = (before: Learning) =>
            qubes.reduce(
                (after, { uuid }) => withoutLearner(after, uuid, system),
                before,
            );
        await changeLearning(deps, end, isTrial, locks);
    }
    return qubes.filter(({ uuid }) => moment.learners.has(uuid));
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
