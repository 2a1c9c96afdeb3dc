// Cases are measured in turn, A B C A B C …: what else the machine does
// meanwhile falls on all of them.
import type { Aim } from './aims.ts';

export interface Case {
    readonly name: string;
    /**
     * Ours is what is measured, first of all. The floor is the part of the work
     * that nobody can do without: the sum of all cases that are of it. What
     * stands beside is told only.
     */
    readonly role: 'ours' | 'opponent' | 'floor' | 'beside';
    /** What comes before, not measured. */
    readonly prepare?: () => Promise<void>;
    /** In the unit of its group, less is better. */
    readonly measure: () => Promise<number>;
    /** Undoes it, not measured. */
    readonly restore?: () => Promise<void>;
}

/** What was counted over all rounds: a row of its own. */
export interface Counted {
    /** Follows the name of its group. */
    readonly name: string;
    readonly what: string;
    readonly unit: string;
    readonly aims: readonly Aim[];
    readonly ours: number;
    readonly opponent: number | null;
    readonly floor: number | null;
}

export interface Group {
    readonly title: string;
    readonly rounds: number;
    readonly cases: readonly Case[];
    /** Milliseconds if left out. */
    readonly unit?: string;
    readonly aims?: readonly Aim[];
    /** Before the first round and after the last; not measured. */
    readonly setUp?: () => Promise<void>;
    readonly tearDown?: () => Promise<void>;
    /** Asked after the rounds: what else there is to say. */
    readonly remarks?: () => Promise<string[]>;
    readonly counted?: () => Counted[];
}

export interface Measured {
    readonly title: string;
    readonly unit: string;
    readonly aims: readonly Aim[];
    /** Of each case one number per round. */
    readonly numbers: ReadonlyMap<Case, readonly number[]>;
    readonly remarks: readonly string[];
    readonly counted: readonly Counted[];
}

/** One round more than asked for: the first one warms up and is not kept. */
export async function measure(group: Group): Promise<Measured> {
    const { title, unit = 'ms', aims = [], cases, rounds } = group;
    const numbers = new Map<Case, number[]>(cases.map((each) => [each, []]));
    await group.setUp?.();
    for (let round = 0; round <= rounds; round += 1) {
        for (const each of cases) {
            await each.prepare?.();
            const number = await each.measure();
            await each.restore?.();
            if (round > 0) {
                numbers.get(each)?.push(number);
            }
        }
    }
    const remarks = (await group.remarks?.()) ?? [];
    const counted = group.counted?.() ?? [];
    await group.tearDown?.();
    return { title, unit, aims, numbers, remarks, counted };
}
