// What was heard since the last look, folded.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { addReasons } from './reasons.ts';

export interface Marks {
    /** Qubes that are not as they were, perhaps. */
    readonly qubes: ReadonlySet<QubeName>;
    /** Whether any ProxyVM may be concerned, whatever qubes are named. */
    readonly isForAll: boolean;
    /** Whether all count as out of date, though they are known not to be. */
    readonly isForced: boolean;
    /** ProxyVMs that do so in any case. */
    readonly forced: ReadonlySet<QubeName>;
    /** In words, for the journal. */
    readonly because: readonly string[];
}

export const noMarks: Marks = {
    qubes: new Set(),
    isForAll: false,
    isForced: false,
    forced: new Set(),
    because: [],
};

export function addMarks(before: Marks, added: Partial<Marks>): Marks {
    return {
        qubes: new Set([...before.qubes, ...(added.qubes ?? [])]),
        isForAll: before.isForAll || added.isForAll === true,
        isForced: before.isForced || added.isForced === true,
        forced: new Set([...before.forced, ...(added.forced ?? [])]),
        because: addReasons(before.because, added.because ?? []),
    };
}

export function isMarked(marks: Marks): boolean {
    return marks.because.length > 0;
}
