// Connections of proxies that nftables refused, as our table counts them.
import * as v from 'valibot';
import { counter, ip4, ip6, port } from '../../shared/protocol/schema.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type NftObject, parseNft } from './parse-nft.ts';
import { type ProxyUid, parseProxyUid } from './proxy-uid.ts';

/** Addresses of one family; each takes nft some microseconds to list. */
export const mostRefused = 1024;

/** How long one is remembered after the last time. */
export const refusedSeconds = 600;

export const refusedSets = ['refused4', 'refused6'] as const;

export interface RefusedConnection {
    readonly uid: ProxyUid;
    readonly address: string;
    readonly port: number;
    readonly count: number;
    /** Seconds since the last time. */
    readonly lastAgo: number;
}

const element = v.object({
    elem: v.object({
        val: v.object({
            concat: v.tuple([v.number(), v.union([ip4, ip6]), port]),
        }),
        expires: v.pipe(v.number(), v.minValue(0), v.maxValue(refusedSeconds)),
        counter: v.object({ packets: counter }),
    }),
});

/** Reads these sets in what `nft --json --numeric list` prints. */
export function parseRefused(
    untrusted_bytes: Uint8Array,
): Result<RefusedConnection[], string> {
    const parsed = parseNft(untrusted_bytes);
    return parsed.ok ? ok(refusedIn(parsed.value.objects)) : parsed;
}

/** The same, of what was read of it. */
export function refusedIn(objects: readonly NftObject[]): RefusedConnection[] {
    return objects
        .flatMap(({ set }) =>
            refusedSets.some((name) => name === set?.name)
                ? (set?.elem ?? [])
                : [],
        )
        .flatMap(asRefused);
}

/** Nothing of one that is not as our rules make them. */
function asRefused(untrusted_element: unknown): RefusedConnection[] {
    const read = v.safeParse(element, untrusted_element);
    if (!read.success) {
        return [];
    }
    const { val, expires, counter: counted } = read.output.elem;
    const [user, address, to] = val.concat;
    const uid = parseProxyUid(String(user));
    // nft prints whole seconds that are left. The latest moment that this can
    // be: at the earliest the proxy may not have been started yet.
    const lastAgo = Math.max(0, refusedSeconds - expires - 1);
    return uid === null
        ? []
        : [{ uid, address, port: to, count: counted.packets, lastAgo }];
}
