// What was heard since the last look, folded.
import type { QubeName } from '../../shared/domain/qube-name.ts';

export interface Marks {
    /** Qubes that are not as they were, perhaps. */
    readonly qubes: ReadonlySet<QubeName>;
    /** Whether any ProxyVM may be concerned, whatever qubes are named. */
    readonly isForAll: boolean;
    /** Whether those count as out of date that are known not to be. */
    readonly isForced: boolean;
    /** In words, for the journal. */
    readonly because: readonly string[];
}

export const noMarks: Marks = {
    qubes: new Set(),
    isForAll: false,
    isForced: false,
    because: [],
};

/** Reasons that are kept; of a flood the first ones tell enough. */
const mostReasons = 3;

export function addMarks(before: Marks, added: Partial<Marks>): Marks {
    const because = [...before.because, ...(added.because ?? [])];
    return {
        qubes: new Set([...before.qubes, ...(added.qubes ?? [])]),
        isForAll: before.isForAll || added.isForAll === true,
        isForced: before.isForced || added.isForced === true,
        because: [...new Set(because)].slice(0, mostReasons),
    };
}

export function isMarked(marks: Marks): boolean {
    return marks.because.length > 0;
}
