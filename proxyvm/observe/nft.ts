// Asks nft for our table and for Qubes' own.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure, parsedOrFail } from '../commands.ts';
import { doorPorts } from '../core/element.ts';
import type { Family } from '../core/observed-state.ts';
import { parseNft } from '../core/parse-nft.ts';
import {
    type ObservedQubesTable,
    parseQubesTable,
} from '../core/parse-qubes-table.ts';
import {
    parseRefused,
    type RefusedConnection,
    refusedIn,
    refusedSets,
} from '../core/parse-refused.ts';
import {
    elementsIn,
    type ObservedTable,
    parseTable,
} from '../core/parse-table.ts';
import { tableName } from '../render/nft.ts';

/** Null when there is none. */
export async function observeTable(
    run: RunCommand,
): Promise<ObservedTable | null> {
    const bytes = await list(run, ['table', ...tableName.split(' ')]);
    return bytes === null ? null : parsedOrFail('nft', parseTable(bytes));
}

const nothing: ObservedQubesTable = { inputRule: null, attached: [] };

/** Qubes' own table; a ProxyVM without IPv6 may lack the one of ip6. */
export async function observeQubesTable(
    run: RunCommand,
    family: Family,
): Promise<ObservedQubesTable> {
    const bytes = await list(run, ['table', family, 'qubes']);
    return bytes === null
        ? nothing
        : parsedOrFail('nft', parseQubesTable(bytes));
}

/** What its proxies tried to reach and were refused; nothing without a table. */
export async function observeRefused(
    run: RunCommand,
): Promise<RefusedConnection[]> {
    const listed = await Promise.all(
        refusedSets.map((set) =>
            list(run, ['set', ...tableName.split(' '), set]),
        ),
    );
    return listed.flatMap((bytes) =>
        bytes === null ? [] : parsedOrFail('nft', parseRefused(bytes)),
    );
}

export interface ObservedUse {
    readonly refused: readonly RefusedConnection[];
    /** The ports of proxies that doors lead to. */
    readonly doors: ReadonlySet<number>;
}

/** What its proxies were refused, and which of them serve. */
export async function observeUse(run: RunCommand): Promise<ObservedUse> {
    const bytes = await list(run, ['table', ...tableName.split(' ')]);
    if (bytes === null) {
        return { refused: [], doors: new Set() };
    }
    const { objects } = parsedOrFail('nft', parseNft(bytes));
    return {
        refused: refusedIn(objects),
        doors: doorPorts(elementsIn(objects)),
    };
}

/** Whether the table is there by which clients are held to their rules. */
export async function hasFirewallTable(
    run: RunCommand,
    family: Family,
): Promise<boolean> {
    return (await list(run, ['table', family, 'qubes-firewall'])) !== null;
}

/** Null when it does not exist. */
async function list(
    run: RunCommand,
    what: readonly string[],
): Promise<Buffer | null> {
    // --numeric: else user ids come as names where the system has any.
    const args = ['--json', '--numeric', 'list', ...what];
    const outcome = await run('nft', args);
    if (outcome.exitCode === 0) {
        return outcome.stdout;
    }
    if (outcome.stderr.includes('No such file or directory')) {
        return null;
    }
    throw commandFailure(outcome);
}
