// Who learns: for a time a qube may reach every host, and what it asks for is
// recorded. It ends by itself.
import * as v from 'valibot';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { decode } from '../../shared/protocol/json.ts';
import { qubeName, uuid } from '../../shared/protocol/schema.ts';
import type { Result } from '../../shared/result.ts';
import {
    type Clocks as BothClocks,
    endOf,
    lastingFields,
    lastingFor,
} from './lasting.ts';
import { hasPassed, type Moment } from './moment.ts';
import { type Qube, type System, uuidsIn } from './qube.ts';
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
    ...lastingFields,
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
export type Clocks = BothClocks & Pick<Moment, 'passed'>;

/** Those that learn at that moment. */
export function learnersAt({ qubes }: Learning, clocks: Clocks): Learners {
    const learners = new Map<Uuid, Learner>();
    for (const { uuid, name, since, by, ...lasting } of qubes) {
        const end = endOf(lasting, clocks);
        if (!hasPassed(lasting.until, clocks) && end !== null) {
            learners.set(uuid, { name, since, by, until: end });
        }
    }
    return learners;
}

/** When learning ends by the clock, each once. */
export function untilsOf({ qubes }: Learning): number[] {
    return [...new Set(qubes.map(({ until }) => until))];
}

/** The qube learns for so many seconds from now on; it may do so already. */
export function withLearner(
    learning: Learning,
    { uuid, name }: Qube,
    { since, by, seconds }: Omit<Learner, 'name' | 'until'> & Duration,
    clocks: Clocks,
    system: System,
): Learning {
    const goesOn = learnersAt(learning, clocks).get(uuid);
    const added = {
        uuid,
        name,
        since: goesOn?.since ?? since,
        by,
        ...lastingFor(seconds, clocks),
    };
    const others = withoutLearner(learning, uuid, system).qubes;
    return { ...learning, qubes: [...others, added] };
}

interface Duration {
    readonly seconds: number;
}

/** That qube learns no more. A uuid never comes back: the gone are dropped. */
export function withoutLearner(
    learning: Learning,
    uuid: Uuid,
    system: System,
): Learning {
    const known = uuidsIn(system);
    const isKept = (each: LearningEntry) =>
        each.uuid !== uuid && known.has(each.uuid);
    return { ...learning, qubes: learning.qubes.filter(isKept) };
}
