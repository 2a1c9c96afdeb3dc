// Cases are measured in turn, A B C A B C …: what else the machine does
// meanwhile falls on all of them.

export interface Case {
    readonly name: string;
    /**
     * Ours is what is measured; all others are what it is compared to. A
     * floor is the part of the work that nobody can do without.
     */
    readonly role: 'ours' | 'opponent' | 'floor';
    /** What comes before, not timed. */
    readonly prepare?: () => Promise<void>;
    /** Milliseconds. */
    readonly time: () => Promise<number>;
    /** Undoes it, not timed. */
    readonly restore?: () => Promise<void>;
    /** Ours should take at most so many times as long as this. */
    readonly aim?: number;
}

export interface Group {
    readonly title: string;
    readonly rounds: number;
    readonly cases: readonly Case[];
    /** Before the first round and after the last; not timed. */
    readonly setUp?: () => Promise<void>;
    readonly tearDown?: () => Promise<void>;
    /** Asked after the rounds: what else there is to say. */
    readonly remarks?: () => Promise<string[]>;
}

export interface Measured {
    readonly title: string;
    /** Of each case one number per round, milliseconds. */
    readonly times: ReadonlyMap<Case, readonly number[]>;
    readonly remarks: readonly string[];
}

/** One round more than asked for: the first one warms up and is not kept. */
export async function measure(group: Group): Promise<Measured> {
    const { title, cases, rounds, setUp, tearDown, remarks } = group;
    const times = new Map<Case, number[]>(cases.map((each) => [each, []]));
    await setUp?.();
    for (let round = 0; round <= rounds; round += 1) {
        for (const each of cases) {
            await each.prepare?.();
            const milliseconds = await each.time();
            await each.restore?.();
            if (round > 0) {
                times.get(each)?.push(milliseconds);
            }
        }
    }
    const said = (await remarks?.()) ?? [];
    await tearDown?.();
    return { title, times, remarks: said };
}
