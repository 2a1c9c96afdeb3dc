import type { RunCommand } from '../../shared/io/run-command.ts';
import { addressesOf } from '../../shared/protocol/desired-state.ts';
import { areTimed, asDeadline } from '../core/kept-deadlines.ts';
import type {
    Family,
    ObservedProxy,
    ObservedState,
} from '../core/observed-state.ts';
import type { ObservedInputRule } from '../core/parse-qubes-table.ts';
import type { ObservedUnits } from '../core/parse-units.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import { type LoadedName, listingOfLoaded } from '../loaded.ts';
import { renderBaseTable, renderInsertInputRule } from '../render/nft.ts';
import { readClocks } from './clocks.ts';
import { readDevices } from './devices.ts';
import { type KeptFiles, observeKeptFiles, observeResolvers } from './files.ts';
import { observeQubesTable, observeTable } from './nft.ts';
import {
    isAstray,
    isOpen,
    type ObservedSockets,
    observeSockets,
    portsOf,
} from './sockets.ts';
import { readSpare } from './spare.ts';
import { readTenures } from './tenures.ts';
import { observeUnits } from './units.ts';

const nothingKept: KeptFiles = { record: null, beside: null, deadlines: [] };

/** Reads all that is there of ours; changes nothing. */
export async function observe(run: RunCommand): Promise<ObservedState> {
    // What takes longest begins first, and the rest is read meanwhile.
    const [units, sockets, table, ip, ip6, loaded, kept, resolvers] =
        await Promise.all([
            observeUnits(run),
            observeSockets(run),
            observeTable(run),
            observeQubesTable(run, 'ip'),
            observeQubesTable(run, 'ip6'),
            observeLoaded(),
            observeKeptFiles(),
            observeResolvers(),
        ]);
    const clocks = readClocks();
    const devices = readDevices();
    const waiting = waitingAmong(units, kept, sockets);
    const uids = new Set([
        ...kept.keys(),
        ...units.known,
        ...units.draining,
        ...units.timers.keys(),
    ]);
    if (waiting !== null) {
        uids.delete(waiting);
    }
    const proxies = [...uids].map((uid): ObservedProxy => {
        const { record, beside, deadlines } = kept.get(uid) ?? nothingKept;
        return {
            uid,
            record,
            beside,
            deadlines: deadlines.map((each) => asDeadline(each, clocks)),
            isTimed: areTimed(deadlines, units.timers.get(uid) ?? []),
            isAlive:
                units.alive.has(uid) &&
                record !== null &&
                isOpen(uid, addressesOf(record), sockets.listeners) &&
                !isAstray(uid, sockets.listeners),
            isDraining: units.draining.has(uid),
            isBusy: units.draining.has(uid) && sockets.isBusy(portOf(uid)),
        };
    });
    const ownPorts = new Set(
        proxies.filter(({ isAlive }) => isAlive).map(({ uid }) => portOf(uid)),
    );
    return {
        table: tableState(table?.listing ?? null, loaded.table),
        elements: table?.elements ?? [],
        inputRule: {
            ip: inputRuleState(ip.inputRule, loaded.ip),
            ip6: inputRuleState(ip6.inputRule, loaded.ip6),
        },
        proxies,
        // What systemd has not started yet is none so far.
        spare: waiting !== null && units.alive.has(waiting) ? waiting : null,
        // Where conntrack gave up, vif-route-qubes has left the addresses of
        // an interface that is gone; they are those of another one by now.
        attached: [ip, ip6]
            .flatMap((each) => each.attached)
            .filter(({ vif }) => devices.has(vif)),
        busyPorts: portsOf(sockets.listeners).filter(
            (port) => !ownPorts.has(port),
        ),
        resolvers,
        followsResolvers: units.followsResolvers,
        givenUids: readTenures().map(({ uid }) => uid),
    };
}

/** Who waits, or is about to: there is nothing else of that user id. */
function waitingAmong(
    { draining, timers }: ObservedUnits,
    kept: ReadonlyMap<ProxyUid, KeptFiles>,
    { listeners }: ObservedSockets,
): ProxyUid | null {
    const uid = readSpare();
    if (uid === null || kept.has(uid)) {
        return null;
    }
    const isTaken = listeners.some(({ port }) => port === portOf(uid));
    return isTaken || draining.has(uid) || timers.has(uid) ? null : uid;
}

/** What nft said of ours right after loading; null if that was another text. */
type LoadedListings = Readonly<Record<LoadedName, string | null>>;

async function observeLoaded(): Promise<LoadedListings> {
    return {
        table: listingOfLoaded('table', renderBaseTable()),
        ip: listingOfLoaded('ip', renderInsertInputRule('ip', [])),
        ip6: listingOfLoaded('ip6', renderInsertInputRule('ip6', [])),
    };
}

function tableState(
    listing: string | null,
    loaded: string | null,
): ObservedState['table'] {
    if (listing === null) {
        return 'absent';
    }
    return listing === loaded ? 'ours' : 'foreign';
}

function inputRuleState(
    rule: ObservedInputRule | null,
    loaded: string | null,
): ObservedState['inputRule'][Family] {
    if (rule === null) {
        return 'no-chain';
    }
    if (rule.handles.length === 0) {
        return 'absent';
    }
    const isOurs = rule.listing !== null && rule.listing === loaded;
    return isOurs ? 'ours' : 'foreign';
}
