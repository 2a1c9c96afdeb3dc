// Who learns: for a time a qube may reach every host, and what it asks for is
// recorded. It ends by itself, by the clock or by the uptime of dom0, whichever
// comes first, and never outlives a boot: a clock that is set back gives nobody
// a second more.
import * as v from 'valibot';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { decode } from '../../shared/protocol/json.ts';
import { counter, qubeName, uuid } from '../../shared/protocol/schema.ts';
import type { Result } from '../../shared/result.ts';
import { hasPassed, type Moment } from './moment.ts';
import type { Qube, System } from './qube.ts';
import { holdFields } from './stopped.ts';

/** The place of the file below /etc/qubes/filterproxy. */
export const learningFile = 'learning.json';
export const maxLearningBytes = 4 * 1024 * 1024;

/** Seconds: less is hardly meant, and more is no learning any more. */
export const shortestLearning = 60;
export const longestLearning = 24 * 60 * 60;

const entry = v.strictObject({
    /** A qube is its uuid; its name is for readers. */
    uuid,
    name: qubeName,
    ...holdFields,
    /** By dom0's clock, seconds since 1970. */
    until: counter,
    /** In this boot of dom0, and by its uptime, milliseconds. */
    boot: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'not a boot')),
    untilMs: counter,
});

const schema = v.strictObject({
    version: v.literal(1),
    qubes: v.array(entry),
});

export type Learning = v.InferOutput<typeof schema>;
export type LearningEntry = Learning['qubes'][number];

/** A qube that learns, and until when: seconds since 1970. */
export type Learner = Pick<LearningEntry, 'name' | 'since' | 'by' | 'until'>;
export type Learners = ReadonlyMap<Uuid, Learner>;

export const nobodyLearns: Learning = { version: 1, qubes: [] };

/** Reads the file, or says what is wrong with it. */
export function parseLearning(
    untrusted_bytes: Uint8Array,
): Result<Learning, string> {
    return decode(schema, untrusted_bytes, maxLearningBytes);
}

/** The text of the file, for people too. */
export function renderLearning(learning: Learning): string {
    return `${JSON.stringify(learning, null, 4)}\n`;
}

/** What the clocks say, and what was seen to pass. */
export type Clocks = Omit<Moment, 'learners'> & {
    readonly monotonicMs: number;
};

/**
 * Those that learn at that moment. Where the clock was set back, what is left
 * by the uptime decides, told as the clock has it now.
 */
export function learnersAt({ qubes }: Learning, clocks: Clocks): Learners {
    const learners = new Map<Uuid, Learner>();
    for (const { uuid, name, since, by, until, ...uptime } of qubes) {
        const byUptime = endByUptime(uptime, clocks);
        const end = Math.min(until, byUptime);
        if (!hasPassed(until, clocks) && end * 1000 > clocks.nowMs) {
            learners.set(uuid, { name, since, by, until: end });
        }
    }
    return learners;
}

/** In seconds since 1970, as the clock is now. */
function endByUptime(
    { boot, untilMs }: Pick<LearningEntry, 'boot' | 'untilMs'>,
    clocks: Clocks,
): number {
    const leftMs = boot === clocks.boot ? untilMs - clocks.monotonicMs : 0;
    return Math.floor((clocks.nowMs + leftMs) / 1000);
}

/** When learning ends by the clock, each once. */
export function endsOf({ qubes }: Learning): number[] {
    return [...new Set(qubes.map(({ until }) => until))];
}

/** The qube learns for so many seconds from now on; it may do so already. */
export function withLearner(
    learning: Learning,
    { uuid, name }: Qube,
    { since, by, seconds }: Omit<Learner, 'name' | 'until'> & Lasting,
    clocks: Clocks,
    system: System,
): Learning {
    const { nowMs, monotonicMs, boot } = clocks;
    const goesOn = learnersAt(learning, clocks).get(uuid);
    const added = {
        uuid,
        name,
        since: goesOn?.since ?? since,
        by,
        until: Math.floor(nowMs / 1000) + seconds,
        boot,
        untilMs: monotonicMs + 1000 * seconds,
    };
    const others = withoutLearner(learning, uuid, system).qubes;
    return { ...learning, qubes: [...others, added] };
}

interface Lasting {
    readonly seconds: number;
}

/** That qube learns no more. A uuid never comes back: the gone are dropped. */
export function withoutLearner(
    learning: Learning,
    uuid: Uuid,
    system: System,
): Learning {
    const known = new Set([...system.values()].map((qube) => qube.uuid));
    const isKept = (each: LearningEntry) =>
        each.uuid !== uuid && known.has(each.uuid);
    return { ...learning, qubes: learning.qubes.filter(isKept) };
}
