import type { RunCommand } from '../../shared/io/run-command.ts';
import { addressesOf } from '../../shared/protocol/desired-state.ts';
import type {
    Family,
    ObservedProxy,
    ObservedState,
} from '../core/observed-state.ts';
import type { ObservedInputRule } from '../core/parse-qubes-table.ts';
import { portOf } from '../core/proxy-uid.ts';
import { isStillLoaded } from '../loaded.ts';
import { renderBaseTable, renderInsertInputRule } from '../render/nft.ts';
import { type KeptFiles, observeKeptFiles, observeResolvers } from './files.ts';
import { observeQubesTable, observeTable } from './nft.ts';
import { isOpen, observeSockets, portsOf } from './sockets.ts';
import { observeUnits } from './units.ts';

const nothingKept: KeptFiles = { record: null, beside: null };

/** Reads all that is there of ours; changes nothing. */
export async function observe(run: RunCommand): Promise<ObservedState> {
    // What takes longest begins first.
    const [units, sockets, table, ip, ip6, kept, resolvers] = await Promise.all(
        [
            observeUnits(run),
            observeSockets(run),
            observeTable(run),
            observeQubesTable(run, 'ip'),
            observeQubesTable(run, 'ip6'),
            observeKeptFiles(),
            observeResolvers(),
        ],
    );
    const uids = new Set([...kept.keys(), ...units.known, ...units.draining]);
    const proxies = [...uids].map((uid): ObservedProxy => {
        const { record, beside } = kept.get(uid) ?? nothingKept;
        return {
            uid,
            record,
            beside,
            isAlive:
                units.alive.has(uid) &&
                record !== null &&
                isOpen(portOf(uid), addressesOf(record), sockets.listeners),
            isDraining: units.draining.has(uid),
            isBusy: units.draining.has(uid) && sockets.isBusy(portOf(uid)),
        };
    });
    const ownPorts = new Set(
        proxies.filter(({ isAlive }) => isAlive).map(({ uid }) => portOf(uid)),
    );
    return {
        table: tableState(table?.listing ?? null),
        elements: table?.elements ?? [],
        inputRule: {
            ip: inputRuleState('ip', ip.inputRule),
            ip6: inputRuleState('ip6', ip6.inputRule),
        },
        proxies,
        attached: [ip, ip6].flatMap((each) => each.attached),
        busyPorts: portsOf(sockets.listeners).filter(
            (port) => !ownPorts.has(port),
        ),
        resolvers,
        followsResolvers: units.followsResolvers,
    };
}

function tableState(listing: string | null): ObservedState['table'] {
    if (listing === null) {
        return 'absent';
    }
    const isOurs = isStillLoaded('table', renderBaseTable(), listing);
    return isOurs ? 'ours' : 'foreign';
}

function inputRuleState(
    family: Family,
    rule: ObservedInputRule | null,
): ObservedState['inputRule'][Family] {
    if (rule === null) {
        return 'no-chain';
    }
    if (rule.handles.length === 0) {
        return 'absent';
    }
    const text = renderInsertInputRule(family, []);
    const isOurs =
        rule.listing !== null && isStillLoaded(family, text, rule.listing);
    return isOurs ? 'ours' : 'foreign';
}
