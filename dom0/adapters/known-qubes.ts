// What qubes there are, for a program that hears of changes: everything is
// read once, then only what may have changed.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { refersToMissing, type System } from '../core/qube.ts';
import { inParallel } from '../in-parallel.ts';
import type { Inventory } from './inventory.ts';

/**
 * So many qubes are read one by one, by a process each; a listing of all
 * takes as long as one of these, and some more for each qube that there is.
 */
const mostOneByOne = 4;

export interface KnownQubes extends Inventory {
    /** The next look reads them again. */
    forget(names: readonly QubeName[] | 'everything'): void;
}

export function knownQubes(inventory: Inventory): KnownQubes {
    let known: System = new Map();
    let isAllStale = true;
    const stale = new Set<QubeName>();
    let reading: Promise<unknown> = Promise.resolve();

    /** What is forgotten meanwhile is left to the next time. */
    async function readStale(): Promise<void> {
        const names = [...stale];
        const isAll = isAllStale || names.length > mostOneByOne;
        isAllStale = false;
        stale.clear();
        try {
            known = isAll
                ? await inventory.all()
                : await withRead(known, names, inventory);
        } catch (error) {
            // One qube that cannot be read is not in the way of all others.
            isAllStale = true;
            throw error;
        }
    }

    /** A netvm that is not known yet is one of which we have not heard. */
    async function refresh(): Promise<System> {
        await readStale();
        if (refersToMissing(known) !== null) {
            isAllStale = true;
            await readStale();
        }
        return known;
    }

    return {
        one: (name) => inventory.one(name),
        tagged: (tags) => inventory.tagged(tags),
        all() {
            // One after the other: a later answer is never an older one.
            const answer = reading.then(refresh, refresh);
            reading = answer;
            return answer;
        },
        forget(names) {
            if (names === 'everything') {
                isAllStale = true;
            } else {
                addAll(stale, names);
            }
        },
    };
}

async function withRead(
    known: System,
    names: readonly QubeName[],
    inventory: Inventory,
): Promise<System> {
    const read = await inParallel(names, (name) => inventory.one(name));
    const system = new Map(known);
    names.forEach((name, at) => {
        const qube = read[at] ?? null;
        if (qube === null) {
            system.delete(name);
        } else {
            system.set(name, qube);
        }
    });
    return system;
}

function addAll<T>(set: Set<T>, items: readonly T[]): void {
    for (const item of items) {
        set.add(item);
    }
}
