// While `watch` runs all that is asked for is recorded, and no longer: it says
// again and again that somebody looks, and in the end that nobody does.
import { randomUUID } from 'node:crypto';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { changeWatching } from '../../change-watching.ts';
import type { Visit } from '../../core/situation.ts';
import {
    type Watch,
    watchSeconds,
    withoutWatch,
    withWatch,
} from '../../core/watching.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { waited } from '../../waited.ts';
import { visitAll } from '../../walk.ts';

/** Milliseconds: one that fails leaves time for another one. */
const renewMs = (watchSeconds * 1000) / 3;

export interface Recording {
    /** Null: all. */
    readonly qubes: readonly Uuid[] | null;
    /** Where they are by now. */
    readonly proxyvms: () => Promise<readonly QubeName[]>;
    /** What came of it; or why nothing did. */
    readonly onVisits: (visits: readonly Visit[]) => void;
    readonly onFailure: (message: string) => void;
}

/** Goes on until `signal`; then ends it with what `closing` has. */
export async function recordUntil(
    signal: AbortSignal,
    deps: Deps,
    recording: Recording,
    closing: Deps,
): Promise<Visit[]> {
    const id = randomUUID() as string as Uuid;
    const qubes = recording.qubes && [...recording.qubes];
    const told = new Set<QubeName>();
    while (!signal.aborted) {
        try {
            await begin(deps, { id, qubes }, recording, { told, signal });
        } catch (error) {
            if (!(error instanceof Failure)) {
                throw error;
            }
            recording.onFailure(error.message);
        }
        await waited(renewMs, signal);
    }
    await changeWatching(closing, (watching, clocks) =>
        withoutWatch(watching, id, clocks),
    );
    return visitAll(closing, [...told]);
}

async function begin(
    deps: Deps,
    watch: Watch,
    { proxyvms, onVisits }: Recording,
    { told, signal }: { told: Set<QubeName>; signal: AbortSignal },
): Promise<void> {
    await changeWatching(deps, (watching, clocks) =>
        withWatch(watching, watch, clocks),
    );
    const now = await proxyvms();
    for (const proxyvm of now) {
        told.add(proxyvm);
    }
    // One that hangs keeps nobody who leaves: the end visits it, too.
    const visits = await Promise.race([visitAll(deps, now), aborted(signal)]);
    onVisits(visits ?? []);
}

function aborted(signal: AbortSignal): Promise<null> {
    return new Promise((resolve) => {
        const end = () => resolve(null);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) {
            end();
        }
    });
}
