// Text for nft. What is inserted are parsed addresses, numbers and names of
// our own: nothing that could end a statement.
import { limits } from '../../shared/protocol/limits.ts';
import { type Element, type ElementSet, elementSets } from '../core/element.ts';
import type { Family } from '../core/observed-state.ts';
import { ruleComment } from '../core/parse-qubes-table.ts';
import {
    mostRefused,
    type RefusedConnection,
    refusedSeconds,
} from '../core/parse-refused.ts';
import {
    firstProxyPort,
    firstProxyUid,
    lastProxyPort,
    lastProxyUid,
} from '../core/proxy-uid.ts';
import { render } from '../templates/table.nft.hbs';

export const tableName = 'inet qubes-filterproxy';

/** Group of all vifs (qubes-core-agent-linux network/vif-route-qubes). */
const vifGroup = 2;

/** The table without elements. */
export function renderBaseTable(): string {
    return render({
        vifGroup,
        startSeconds: limits.startSeconds,
        gatewayPort: limits.gatewayPort,
        firstPort: firstProxyPort,
        lastPort: lastProxyPort,
        firstUid: firstProxyUid,
        lastUid: lastProxyUid,
        mostRefused,
        refusedSeconds,
    });
}

/** One transaction that puts the table with these elements in its place. */
export function renderLoadTable(elements: readonly Element[]): string {
    return [
        `add table ${tableName}`,
        `delete table ${tableName}`,
        renderBaseTable(),
        renderElements('add', elements),
    ].join('\n');
}

/** One transaction: a packet sees all of it or nothing. */
export function renderChangeElements(
    remove: readonly Element[],
    add: readonly Element[],
): string {
    return renderElements('delete', remove) + renderElements('add', add);
}

function renderElements(
    verb: 'add' | 'delete',
    elements: readonly Element[],
): string {
    return elementSets.map((set) => renderSet(verb, set, elements)).join('');
}

function renderSet(
    verb: 'add' | 'delete',
    set: ElementSet,
    elements: readonly Element[],
): string {
    const texts = elements
        .filter((element) => element.set === set)
        .map((element) => renderElement(verb, element));
    return texts.length === 0
        ? ''
        : `${verb} element ${tableName} ${set} { ${texts.join(', ')} }\n`;
}

function renderElement(
    verb: 'add' | 'delete',
    { key, value }: Element,
): string {
    const text = key.map(renderKeyPart).join(' . ');
    return verb === 'delete' || value === null ? text : `${text} : ${value}`;
}

function renderKeyPart(part: string | number): string {
    return typeof part === 'string' && part.startsWith('vif')
        ? `"${part}"`
        : String(part);
}

/**
 * One transaction. An element may go by itself before it is deleted, and to
 * delete none fails: so each is added first, which changes none that is there.
 */
export function renderForgetRefused(
    refused: readonly RefusedConnection[],
): string {
    return refused
        .map(({ uid, address, port }) => {
            const set = address.includes(':') ? 'refused6' : 'refused4';
            const rest = `element ${tableName} ${set} { ${uid} . ${address} . ${port} }`;
            return `add ${rest}\ndelete ${rest}\n`;
        })
        .join('');
}

/**
 * Our rule, no wider than what our table redirects. It has to stand in
 * custom-input: an accept elsewhere does not undo the drop in `qubes input`.
 */
export function renderInsertInputRule(
    family: Family,
    staleHandles: readonly number[],
): string {
    return [
        renderRemoveInputRule(family, staleHandles),
        `insert rule ${family} qubes custom-input iifgroup ${vifGroup}`,
        ` tcp dport ${firstProxyPort}-${lastProxyPort}`,
        ` ct status dnat ct original proto-dst ${limits.gatewayPort} accept`,
        ` comment "${ruleComment}"\n`,
    ].join('');
}

export function renderRemoveInputRule(
    family: Family,
    handles: readonly number[],
): string {
    return handles
        .map(
            (handle) =>
                `delete rule ${family} qubes custom-input handle ${handle}\n`,
        )
        .join('');
}

export function renderDeleteTable(): string {
    return `delete table ${tableName}\n`;
}
