import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { Deadline, Filter } from '../../shared/protocol/desired-state.ts';
import type { Attached } from './attached.ts';
import type { Element } from './element.ts';
import type { ProxyRecord } from './proxy-record.ts';
import type { ProxyUid } from './proxy-uid.ts';

export type Family = 'ip' | 'ip6';

/** Everything of ours that is there, as the ProxyVM itself says. */
export interface ObservedState {
    /** Ours: exactly the rules that we load. Foreign: anything else. */
    readonly table: 'absent' | 'foreign' | 'ours';
    readonly elements: readonly Element[];
    /**
     * Our rule in `custom-input` of `ip qubes` and `ip6 qubes`. Ours: it is
     * there once, as the first. Absent: it is not there. Foreign: anything
     * else of ours. No chain: IPv6 is switched off.
     */
    readonly inputRule: Readonly<
        Record<Family, 'absent' | 'foreign' | 'ours' | 'no-chain'>
    >;
    readonly proxies: readonly ObservedProxy[];
    /** A proxy that was started for whoever needs one next. */
    readonly spare: ProxyUid | null;
    /** Ports of our range on which somebody else listens. */
    readonly busyPorts: readonly number[];
    /** The interfaces of clients: those of `ip qubes` and `ip6 qubes`. */
    readonly attached: readonly Attached[];
    /** The addresses in the ProxyVM's resolv.conf. */
    readonly resolvers: readonly (Ip4 | Ip6)[];
    /** Whether a change of resolv.conf is followed without dom0. */
    readonly followsResolvers: boolean;
    /** User ids in the order in which they were given out, as often. */
    readonly givenUids: readonly ProxyUid[];
}

/** Why clients cannot be let in; null if they can. */
export function whyNoEntry({ inputRule }: ObservedState): string | null {
    return inputRule.ip === 'no-chain'
        ? 'nftables has no chain custom-input in table ip qubes: this is no ' +
              'qube that provides network (R4.2 or later)'
        : null;
}

export interface ObservedProxy {
    readonly uid: ProxyUid;
    /** Null when its files are missing or cannot be read. */
    readonly record: ProxyRecord | null;
    /** Whether its unit has a process, or is about to have one again. */
    readonly isAlive: boolean;
    /** Whether its end is being awaited: see systemd/*-drain@.timer. */
    readonly isDraining: boolean;
    /** Of one that drains: whether it still has a connection. */
    readonly isBusy: boolean;
    /**
     * The filter beside which it may drain though it lets through more: the
     * one that took its place when dom0 said so. Null: only within the new.
     */
    readonly beside: Filter | null;
    /** What takes its place by itself; 0 seconds or less when that is due. */
    readonly deadlines: readonly Deadline[];
    /** Whether systemd sees to the first of them, and to nothing else. */
    readonly isTimed: boolean;
}
