import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { decode } from '../../shared/protocol/json.ts';
import type { ObservedProxy, ObservedState } from '../core/observed-state.ts';
import { portOf } from '../core/proxy-uid.ts';
import { paths } from '../paths.ts';
import { renderBaseTable } from '../render/nft.ts';
import { observeRecords, observeResolvers, orIfMissing } from './files.ts';
import { observeListeners } from './listeners.ts';
import { observeInputRule, observeTable } from './nft.ts';
import { observeUnits } from './units.ts';

/** Reads all that is there of ours; changes nothing. */
export async function observe(run: RunCommand): Promise<ObservedState> {
    const [
        table,
        inputRule4,
        inputRule6,
        units,
        records,
        listeners,
        resolvers,
        loaded,
    ] = await Promise.all([
        observeTable(run),
        observeInputRule(run, 'ip'),
        observeInputRule(run, 'ip6'),
        observeUnits(run),
        observeRecords(),
        observeListeners(run),
        observeResolvers(),
        readLoadedTable(),
    ]);
    const uids = new Set([
        ...records.keys(),
        ...units.known,
        ...units.draining,
    ]);
    const proxies = [...uids].map(
        (uid): ObservedProxy => ({
            uid,
            record: records.get(uid) ?? null,
            isAlive: units.alive.has(uid),
            isDraining: units.draining.has(uid),
        }),
    );
    const ownPorts = new Set(
        proxies.filter(({ isAlive }) => isAlive).map(({ uid }) => portOf(uid)),
    );
    return {
        table: tableState(table.listing, loaded),
        elements: table.elements,
        inputRule: { ip: inputRule4.state, ip6: inputRule6.state },
        proxies,
        busyPorts: [...listeners].filter((port) => !ownPorts.has(port)),
        resolvers,
        followsResolvers: units.followsResolvers,
    };
}

/**
 * nft prints rules in words of its own. So what it printed when our table
 * had just been loaded is kept, with a digest of what was loaded: the table
 * is ours while both are still so.
 */
const loadedTable = v.strictObject({ source: v.string(), listing: v.string() });
export type LoadedTable = v.InferOutput<typeof loadedTable>;

/** The digest of the table that this version of the agent loads. */
export function tableSource(): string {
    return createHash('sha256').update(renderBaseTable()).digest('hex');
}

async function readLoadedTable(): Promise<LoadedTable | null> {
    const bytes = await orIfMissing(readFile(paths.table), null);
    if (bytes === null) {
        return null;
    }
    const loaded = decode(loadedTable, bytes, 1024 * 1024);
    return loaded.ok ? loaded.value : null;
}

function tableState(
    listing: string | null,
    loaded: LoadedTable | null,
): ObservedState['table'] {
    if (listing === null) {
        return 'absent';
    }
    const isOurs =
        loaded?.listing === listing && loaded.source === tableSource();
    return isOurs ? 'ours' : 'foreign';
}
