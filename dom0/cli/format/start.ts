// What came of `start`.
import type { Qube } from '../../core/qube.ts';
import { holdOn, type Stopped } from '../../core/stopped.ts';
import type { View } from '../../view.ts';

interface Manner {
    readonly all: boolean;
    readonly dryRun: boolean;
}

/** Whose stop ended; what still holds a qube its situation tells. */
export function describeStarts(
    before: Stopped,
    { stopped, system }: View,
    targets: readonly Qube[],
    { all, dryRun }: Manner,
): string[] {
    const free = dryRun
        ? 'would not be stopped any more'
        : 'not stopped any more';
    const isFreed = (qube: Qube) =>
        holdOn(before, qube, system) !== null &&
        holdOn(stopped, qube, system) === null;
    if (all) {
        const isOver = before.all !== null && stopped.all === null;
        const freed = [...system.values()]
            .filter(
                (qube) => isFreed(qube) && (!isOver || targets.includes(qube)),
            )
            .map(({ name }) => `${name}: ${free}`);
        const others = isOver ? [`qubes that get rules later: ${free}`] : [];
        const lines = [...freed, ...others];
        return lines.length === 0 ? ['no qube was stopped'] : lines;
    }
    return targets.flatMap((qube) => {
        if (holdOn(before, qube, system) === null) {
            return [`${qube.name}: was not stopped`];
        }
        return isFreed(qube) ? [`${qube.name}: ${free}`] : [];
    });
}
