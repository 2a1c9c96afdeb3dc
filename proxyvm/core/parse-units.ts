// Which of our units systemd has, and in which state.
import * as v from 'valibot';
import { decode } from '../../shared/protocol/json.ts';
import { ok, type Result } from '../../shared/result.ts';
import { units } from '../paths.ts';
import { type ProxyUid, parseProxyUid } from './proxy-uid.ts';
import { maxToolBytes } from './tool-output.ts';

export interface ObservedUnits {
    readonly alive: ReadonlySet<ProxyUid>;
    /** Alive or failed: whatever systemd still knows. */
    readonly known: ReadonlySet<ProxyUid>;
    readonly draining: ReadonlySet<ProxyUid>;
    /** For when timers are set, in seconds since 1970, of each proxy. */
    readonly timers: ReadonlyMap<ProxyUid, readonly number[]>;
    readonly followsResolvers: boolean;
}

const listed = v.array(v.object({ unit: v.string(), active: v.string() }));

const dead = new Set(['inactive', 'failed']);

/** Reads `systemctl list-units --all --output=json` of our units. */
export function parseUnits(
    untrusted_bytes: Uint8Array,
): Result<ObservedUnits, string> {
    const decoded = decode(listed, untrusted_bytes, maxToolBytes);
    if (!decoded.ok) {
        return decoded;
    }
    const all = decoded.value;
    const active = all.filter((each) => !dead.has(each.active));
    return ok({
        known: instances(all, /^qubes-filterproxy@(\d+)\.service$/),
        alive: instances(active, /^qubes-filterproxy@(\d+)\.service$/),
        draining: instances(active, /^qubes-filterproxy-drain@(\d+)\.timer$/),
        timers: timersIn(active),
        followsResolvers: active.some(({ unit }) => unit === units.resolvers),
    });
}

function timersIn(
    listing: readonly { readonly unit: string }[],
): Map<ProxyUid, number[]> {
    const timers = new Map<ProxyUid, number[]>();
    for (const { unit } of listing) {
        const [, untrusted_uid = '', at] =
            /^qubes-filterproxy-expiry-(\d{5})-(\d{1,12})\.timer$/.exec(unit) ??
            [];
        const uid = parseProxyUid(untrusted_uid);
        if (uid !== null) {
            timers.set(uid, [...(timers.get(uid) ?? []), Number(at)]);
        }
    }
    return timers;
}

function instances(
    listing: readonly { readonly unit: string }[],
    pattern: RegExp,
): Set<ProxyUid> {
    const uids = listing.map(({ unit }) =>
        parseProxyUid(pattern.exec(unit)?.[1] ?? ''),
    );
    return new Set(uids.filter((uid) => uid !== null));
}
