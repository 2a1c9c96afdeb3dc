// Who is watched: what such a qube asks for is recorded, as long as somebody
// looks. A `watch` that is killed has it go on for minutes at most.
import * as v from 'valibot';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { uuid } from '../../shared/protocol/schema.ts';
import { type Clocks, endOf, lastingFields, lastingFor } from './lasting.ts';

/** Seconds after which it ends unless it is renewed. */
export const watchSeconds = 180;

const watch = v.strictObject({
    /** Names the command that runs. */
    id: uuid,
    /** Null: all. */
    qubes: v.nullable(v.array(uuid)),
    ...lastingFields,
});

export const watchingSchema = v.array(watch);

/** The commands that watch. */
export type Watching = v.InferOutput<typeof watchingSchema>;
export type Watch = Pick<Watching[number], 'id' | 'qubes'>;

/** Some qubes, or all, until then: seconds since 1970. */
export interface Watched {
    readonly qubes: ReadonlySet<Uuid> | null;
    readonly until: number;
}

/** What is watched at that moment. */
export function watchedAt(watching: Watching, clocks: Clocks): Watched[] {
    return watching.flatMap(({ qubes, ...lasting }) => {
        const until = endOf(lasting, clocks);
        return until === null
            ? []
            : [{ qubes: qubes && new Set(qubes), until }];
    });
}

/** Until when it is, seconds since 1970; null: it is not. */
export function watchedUntil(
    watched: readonly Watched[],
    qube: Uuid,
): number | null {
    return watched
        .filter(({ qubes }) => qubes?.has(qube) ?? true)
        .reduce<number | null>(
            (latest, { until }) => Math.max(latest ?? until, until),
            null,
        );
}

/** From now on that one watches; it may do so already. */
export function withWatch(
    watching: Watching,
    { id, qubes }: Watch,
    clocks: Clocks,
): Watching {
    const others = withoutWatch(watching, id, clocks);
    return [...others, { id, qubes, ...lastingFor(watchSeconds, clocks) }];
}

/** That one watches no more; those that are over go, too. */
export function withoutWatch(
    watching: Watching,
    id: Uuid,
    clocks: Clocks,
): Watching {
    return watching.filter(
        (each) => each.id !== id && endOf(each, clocks) !== null,
    );
}
