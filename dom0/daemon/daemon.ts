// qubes-filterproxyd: hears of changes and brings the ProxyVMs that they
// concern up to date, by the walk that every command takes.
import type { Listen } from '../adapters/event-stream.ts';
import type { KnownQubes } from '../adapters/known-qubes.ts';
import type { Event } from '../core/events/frames.ts';
import { reactTo } from '../core/events/react.ts';
import { longestStartMs } from '../core/starting.ts';
import type { Deps } from '../deps.ts';
import { type Clock, onceQuiet, repeat } from './clock.ts';
import { Jobs } from './jobs.ts';
import { describeEvent, type Journal } from './journal.ts';
import { keepListening } from './listening.ts';
import { Removals } from './removals.ts';
import { Starts } from './starts.ts';
import { Surveyor } from './surveyor.ts';
import { bringUpToDate } from './work.ts';

export interface World {
    readonly deps: Deps;
    /** What is remembered of the inventory of `deps`. */
    readonly known: KnownQubes;
    readonly listen: Listen;
    /** Calls back when a file of ours was changed, by whomever. */
    readonly watch: (onChange: () => void) => void;
    readonly clock: Clock;
    /** From 0 to 1. */
    readonly random: () => number;
    readonly journal: Journal;
    readonly onReady: () => void;
}

/** Between looks that nothing is the reason of: 8 to 12 minutes. */
const slowMs = 8 * 60 * 1000;
const splayMs = 4 * 60 * 1000;

/** A file that is being saved is left in peace for so long. */
const quietMs = 250;

/** Listens, and acts on what it hears, for ever. */
export async function runDaemon(world: World): Promise<void> {
    const { known, clock, journal } = world;
    const deps = { ...world.deps, inventory: known };
    const removals = new Removals(world.deps, journal);
    const starts = new Starts(deps);
    await starts.recall();
    const jobs = new Jobs(
        (proxyvm, job) => bringUpToDate(deps, journal, proxyvm, job),
        clock,
    );
    const surveyor = new Surveyor({
        deps,
        clock,
        jobs,
        starts,
        removals,
        journal,
    });

    function hear(event: Event): void {
        const { lookAt, isAfterGap, begins, ends, removed } = reactTo(event);
        if (lookAt.length === 0) {
            return;
        }
        known.forget(lookAt);
        if (begins !== null) {
            starts.begin(begins);
            const because = [`${begins} has not started`];
            clock.after(longestStartMs, () => surveyor.mark({ because }));
        }
        if (ends !== null) {
            starts.end(ends);
        }
        if (removed !== null) {
            removals.remove(removed);
        }
        const isForAll = lookAt === 'everything';
        surveyor.mark({
            qubes: new Set(isForAll ? [] : lookAt),
            isForAll,
            isForced: isAfterGap,
            because: [describeEvent(event)],
        });
    }

    const lookAtFiles = onceQuiet(clock, quietMs, () =>
        surveyor.mark({ isForAll: true, because: ['a changed file'] }),
    );
    const lookAtAll = () => {
        known.forget('everything');
        const because = ['no event for a while'];
        surveyor.mark({ isForAll: true, isForced: true, because });
    };

    world.watch(lookAtFiles);
    repeat(clock, () => slowMs + splayMs * world.random(), lookAtAll);
    keepListening(world, hear);
}
