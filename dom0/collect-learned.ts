// What a qube asked for while it learned, taken over from its ProxyVM: that
// forgets it when it is shut down.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Uuid } from '../shared/domain/uuid.ts';
import type { Requests } from '../shared/protocol/requests.ts';
import { ok, type Result } from '../shared/result.ts';
import type { CallFailure } from './core/agent-answer.ts';
import { type Learned, type Recorded, withRecorded } from './core/learned.ts';
import { utcSeconds } from './core/utc.ts';
import type { Deps } from './deps.ts';

/** A learning: whose, and when it began. */
export interface Collectable {
    readonly uuid: Uuid;
    readonly since: string;
}

/** What a ProxyVM said of its clients. */
export interface Told {
    readonly proxyvm: QubeName;
    readonly requests: Requests;
    /** When it was asked, in milliseconds since 1970. */
    readonly askedMs: number;
}

/** Asks once for all that was recorded since the earliest of these times. */
export async function askSince(
    deps: Deps,
    proxyvm: QubeName,
    sinces: readonly (string | null)[],
): Promise<Result<Told, CallFailure>> {
    const askedMs = deps.now().getTime();
    const seconds = sinces.map((since) => secondsBack(since, askedMs));
    const known = seconds.filter((each) => each !== null);
    const farthest =
        known.length === seconds.length ? Math.max(...known) : null;
    const asked = await deps.askRequests(proxyvm, farthest);
    return asked.ok ? ok({ proxyvm, requests: asked.value, askedMs }) : asked;
}

/** By a clock that was set back it would begin later than now: null, all. */
function secondsBack(since: string | null, askedMs: number): number | null {
    const seconds =
        since === null ? 0 : Math.ceil((askedMs - Date.parse(since)) / 1000);
    return seconds > 0 ? seconds : null;
}

/** What it has of a qube, since that time or at all; null: nothing. */
export function recordedOf(
    { requests, askedMs }: Told,
    uuid: Uuid,
    since: string | null,
): Recorded | null {
    const client = requests.clients.find((each) => each.uuid === uuid);
    const seconds = secondsBack(since, askedMs);
    return client === undefined || seconds === null
        ? (client ?? null)
        : {
              ...client,
              // It may have been asked for more, for another one that learns.
              entries: client.entries.filter(
                  ({ lastAgo }) => lastAgo <= seconds,
              ),
          };
}

/** All that is known after that; null: nothing was recorded. */
export async function keepLearned(
    deps: Deps,
    told: Told,
    { uuid, since }: Collectable,
): Promise<Learned | null> {
    const recorded = recordedOf(told, uuid, since);
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return deps.withLock('.learned', async () => {
        const known = await deps.learned.read(uuid);
        if (recorded === null) {
            return known?.since === since ? known : null;
        }
        const at = utcSeconds(deps.now());
        const { proxyvm } = told;
        const learned = withRecorded(known, recorded, { since, at, proxyvm });
        await deps.learned.write(uuid, learned);
        return learned;
    });
}
