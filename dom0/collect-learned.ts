// What a qube asked for while it learned, taken over from its ProxyVM: that
// forgets it when it is shut down.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Uuid } from '../shared/domain/uuid.ts';
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

/** All that is known after that; null: nothing was recorded. */
export async function collectLearned(
    deps: Deps,
    proxyvm: QubeName,
    { uuid, since }: Collectable,
): Promise<Result<Learned | null, CallFailure>> {
    const recorded = await askRecorded(deps, proxyvm, uuid, since);
    if (!recorded.ok) {
        return recorded;
    }
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return deps.withLock('.learned', async () => {
        const known = await deps.learned.read(uuid);
        if (recorded.value === null) {
            return ok(known?.since === since ? known : null);
        }
        const at = utcSeconds(deps.now());
        const learned = withRecorded(known, recorded.value, {
            since,
            at,
            proxyvm,
        });
        await deps.learned.write(uuid, learned);
        return ok(learned);
    });
}

/** What a ProxyVM has of a qube, since that time or at all; null: nothing. */
export async function askRecorded(
    deps: Deps,
    proxyvm: QubeName,
    uuid: Uuid,
    since: string | null,
): Promise<Result<Recorded | null, CallFailure>> {
    const seconds =
        since === null
            ? null
            : Math.ceil((deps.now().getTime() - Date.parse(since)) / 1000);
    // By a clock that was set back it would begin later than now.
    const isKnown = seconds !== null && seconds > 0;
    const asked = await deps.askRequests(proxyvm, isKnown ? seconds : null);
    if (!asked.ok) {
        return asked;
    }
    const client = asked.value.clients.find((each) => each.uuid === uuid);
    return ok(client ?? null);
}
