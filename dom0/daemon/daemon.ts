// qubes-filterproxyd: hears of changes and brings the ProxyVMs that they
// concern up to date, by the walk that every command takes.
import type { Listen } from '../adapters/event-stream.ts';
import type { KnownQubes } from '../adapters/known-qubes.ts';
import { describeEvent } from '../core/events/describe.ts';
import type { Event } from '../core/events/frames.ts';
import { reactTo } from '../core/events/react.ts';
import type { Deps } from '../deps.ts';
import { type Clock, onceQuiet, repeat } from './clock.ts';
import { Edits } from './edits.ts';
import { Expiries } from './expiries.ts';
import { Jobs } from './jobs.ts';
import type { Journal } from './journal.ts';
import { Learnings } from './learnings.ts';
import { keepListening } from './listening.ts';
import { Removals } from './removals.ts';
import { Starts } from './starts.ts';
import { Status } from './status.ts';
import { Surveyor } from './surveyor.ts';
import { Uses } from './uses.ts';
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
    readonly pid: number;
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
    const jobs = new Jobs(
        (proxyvm, job) => bringUpToDate(deps, journal, proxyvm, job),
        clock,
        () => status.changed(),
    );
    const status = new Status(deps.daemon, journal, {
        pid: world.pid,
        pending: () => jobs.pending(),
    });
    const starts = new Starts(deps, clock, (qube) => {
        const because = [`${qube} has not started`];
        surveyor.mark({ qubes: new Set([qube]), because });
    });
    const removals = new Removals(world.deps, journal);
    const edits = new Edits(deps, journal);
    const expiries = new Expiries(clock, () =>
        surveyor.mark({ isForAll: true, because: ['a time that has come'] }),
    );
    const learnings = new Learnings(deps, clock, journal);
    const uses = new Uses(deps, journal);
    const watchers = { starts, removals, expiries, learnings, uses };
    const parts = { deps, clock, jobs, journal, ...watchers };
    const surveyor = new Surveyor(parts);
    await starts.recall();
    edits.mark();

    world.watch(
        onceQuiet(clock, quietMs, () => {
            uses.mark();
            surveyor.mark({ isForAll: true, because: ['a changed file'] });
            edits.mark();
        }),
    );
    repeat(
        clock,
        () => slowMs + splayMs * world.random(),
        () => {
            known.forget('everything');
            uses.mark();
            const because = ['no event for a while'];
            surveyor.mark({ isForAll: true, isForced: true, because });
            edits.mark();
        },
    );
    keepListening(
        world,
        (event) => hear(event, { known, surveyor, ...watchers }),
        (isListening) => status.listens(isListening),
    );
}

interface Hearers {
    readonly known: KnownQubes;
    readonly starts: Starts;
    readonly removals: Removals;
    readonly learnings: Learnings;
    readonly uses: Uses;
    readonly surveyor: Surveyor;
}

/** Keeps what an event says for the next look, and has one follow. */
function hear(event: Event, hearers: Hearers): void {
    const { lookAt, isAfterGap, pluggedInto, begins, ends, removed, ...going } =
        reactTo(event);
    if (going.beginsToEnd !== null) {
        hearers.learnings.beginsToEnd(going.beginsToEnd);
        hearers.uses.beginsToEnd(going.beginsToEnd);
    }
    if (going.hasEnded !== null) {
        hearers.uses.hasEnded(going.hasEnded);
    }
    if (lookAt.length === 0 && begins === null) {
        return;
    }
    hearers.known.forget(lookAt);
    if (begins !== null) {
        hearers.starts.begin(begins);
    }
    if (ends !== null) {
        hearers.starts.end(ends);
    }
    if (removed !== null) {
        hearers.removals.remove(removed);
    }
    const isForAll = lookAt === 'everything';
    hearers.surveyor.mark({
        qubes: new Set([
            ...(isForAll ? [] : lookAt),
            ...(begins === null ? [] : [begins]),
        ]),
        isForAll,
        isForced: isAfterGap,
        forced: new Set(pluggedInto === null ? [] : [pluggedInto]),
        because: [describeEvent(event)],
    });
}
