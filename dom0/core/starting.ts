// Qubes that start: their netvm is up and their address known, but Qubes
// calls them halted until they have a Xen domain. Their proxies are made
// ready meanwhile.
import * as v from 'valibot';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { qubeName } from '../../shared/protocol/schema.ts';
import type { Served, System } from './qube.ts';
import { runningQubes } from './qube.ts';

/** How long a qube counts as starting at most, milliseconds. */
export const longestStartMs = 90_000;

/** Since when, in milliseconds of dom0's monotonic clock. */
export type Starting = ReadonlyMap<QubeName, number>;

export const startingSchema = v.pipe(
    v.array(v.tuple([qubeName, v.pipe(v.number(), v.minValue(0))])),
    v.transform((entries): Starting => new Map(entries)),
);

/** Without those whose time is over. */
export function stillStarting(starting: Starting, nowMs: number): Starting {
    return new Map(
        [...starting].filter(
            ([, since]) => since <= nowMs && nowMs - since < longestStartMs,
        ),
    );
}

/** The qubes to serve: those that run, and those that start. */
export function servedQubes(
    system: System,
    starting: Starting,
    nowMs: number,
): Served {
    const names = [...stillStarting(starting, nowMs).keys()].filter((name) =>
        system.has(name),
    );
    return new Map([
        ...names.map((name) => [name, null] as const),
        ...runningQubes(system),
    ]);
}
