// Which client a user id was given to, and since when: a user id is given out
// again, and the journal still has what its last proxy said.
import * as v from 'valibot';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { qubeName, uuid } from '../../../shared/protocol/schema.ts';
import { type ProxyUid, parseProxyUid } from '../proxy-uid.ts';

const proxyUid = v.pipe(
    v.number(),
    v.check((uid) => parseProxyUid(String(uid)) !== null, 'no user id of ours'),
    v.transform((uid) => uid as ProxyUid),
);

const tenure = v.strictObject({
    uid: proxyUid,
    client: uuid,
    name: qubeName,
    /** Seconds of CLOCK_MONOTONIC, before its proxy was started. */
    from: v.pipe(v.number(), v.finite(), v.minValue(0)),
});

/** More than have a line in a journal of usual size. */
const most = 2000;

/** The file that is kept under /run, in the order of their time. */
export const tenures = v.pipe(v.array(tenure), v.maxLength(most));

export const mostTenureBytes = most * 256;

export type Tenure = v.InferOutput<typeof tenure>;

/** With one more at the end; where there are too many, those long over go. */
export function withTenure(
    all: readonly Tenure[],
    one: Tenure,
): readonly Tenure[] {
    const more = [...all, one];
    const newest = new Map(more.map((each) => [each.uid, each]));
    let surplus = more.length - most;
    return more.filter((each) => {
        const goes = surplus > 0 && newest.get(each.uid) !== each;
        surplus -= goes ? 1 : 0;
        return !goes;
    });
}

/** Whose the user id was then; null if that is not known. */
export function holderAt(
    all: readonly Tenure[],
    uid: ProxyUid,
    seconds: number,
): Tenure | null {
    return (
        all.findLast((each) => each.uid === uid && each.from <= seconds) ?? null
    );
}

/** Whether another client had it before the one that has it now. */
export function isReused(all: readonly Tenure[], uid: ProxyUid): boolean {
    const clients = all
        .filter((each) => each.uid === uid)
        .map(({ client }) => client);
    return new Set(clients).size > 1;
}

/** The newest name of each client. */
export function namesOf(all: readonly Tenure[]): Map<Uuid, Tenure['name']> {
    return new Map(all.map(({ client, name }) => [client, name]));
}
