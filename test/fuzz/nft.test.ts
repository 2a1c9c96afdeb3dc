// What nft prints to the agent.
import { describe, test } from 'vitest';
import { elementSets } from '../../proxyvm/core/element.ts';
import {
    type ObservedInputRule,
    parseQubesTable,
} from '../../proxyvm/core/parse-qubes-table.ts';
import { parseTable } from '../../proxyvm/core/parse-table.ts';
import { captured } from '../proxyvm/captured.ts';
import { fuzz } from './fuzz.ts';
import { canonicalIp, demand } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import type { Json } from './mutate-json.ts';
import { readJson, type Value } from './read-json.ts';

const seed = 20261124;

const words = [
    ...['door4', 'door6', 'client4', 'permit', 'instance', 'resolver4', 'elem'],
    ...['closed4', 'comment', 'qubes-filterproxy', 'rule', 'handle', 'concat'],
    ...['vif5.0', 'vif5.0"; flush ruleset; "', 'eth0', '10.137.0.5 } ; flush'],
    ...['private4', 'private6', 'upstream4', 'prefix', '192.168.1.0'],
    ...['10.137.0.5', 'fd09::5', '::ffff:1.2.3.4', 'fe80::1%eth0', '1.2.3'],
];

type NftJson = {
    readonly nftables: readonly { readonly [key: string]: Json }[];
};

function nftJson(file: string): NftJson {
    return JSON.parse(captured(file).toString());
}

/** The table in pieces, so that each input is short: its sets with elements. */
function tables(): Json[] {
    const [version = {}, table = {}, ...objects] =
        nftJson('nft-table.json').nftables;
    return objects
        .map((object) => JSON.stringify(object))
        .filter((text) => text.includes('"elem":') && text.length < 400)
        .map((text, index) => ({
            nftables: [index % 2 === 0 ? version : table, JSON.parse(text)],
        }));
}

describe('a listing of nft that was tampered with', () => {
    test('has the elements that are read from it, or is refused', () => {
        fuzz({
            line: 'nft, table',
            share: 0.6,
            next: jsonInputs(seed, { values: tables(), words }),
            parse: parseTable,
            check: ({ elements, listing }, bytes) => {
                const said = elementsIn(readJson(bytes));
                demand(elements.length <= said.length, 'an element too many');
                let at = 0;
                for (const { set, key, value } of elements) {
                    const text = JSON.stringify([set, ...key, value]);
                    demand(key.every(isKeyPart), text);
                    demand(value === null || isPort(value), text);
                    at = said.indexOf(text, at) + 1;
                    demand(at > 0, `${text} is not there`);
                }
                const ours = said.filter((text) =>
                    elementSets.some((set) => text.startsWith(`["${set}",`)),
                );
                // A second line of the listing: it is no table of ours.
                demand(
                    ours.length > elements.length === listing.includes('\n'),
                    'an element was left out, and nobody sees it',
                );
            },
        });
    });

    test('has our rule and the addresses that are there, or is refused', () => {
        const kept = nftJson('nft-qubes-table.json').nftables.filter((each) =>
            /"allowed"|"custom-input"/.test(JSON.stringify(each)),
        );
        const values = [2, 3, 4, 5].map((end) => ({
            nftables: kept.slice(0, end),
        }));
        fuzz({
            line: 'nft, table of Qubes',
            share: 0.4,
            next: jsonInputs(seed, { values, words }),
            parse: parseQubesTable,
            check: ({ inputRule, attached }, bytes) => {
                const json = readJson(bytes);
                if (inputRule === null) {
                    demand(!hasInputChain(json), 'a chain that is there');
                } else {
                    demand(hasInputChain(json), 'no chain is there');
                    checkInputRule(inputRule, json);
                }
                const held = elementsIn(json)
                    .map((text): Value[] => JSON.parse(text))
                    .filter(([name]) => name === 'allowed');
                for (const { vif, address } of attached) {
                    demand(isKeyPart(address), address);
                    demand(
                        held.some(
                            // What looks like an address was normalized.
                            ([, name, each]) =>
                                each === address &&
                                (name === vif || vif.includes(':')),
                        ),
                        `${address} is not there`,
                    );
                }
            },
        });
    });
});

function hasInputChain(json: Value): boolean {
    return objectsIn(json, 'chain').some(
        (chain) => chain.get('name') === 'custom-input',
    );
}

function checkInputRule(
    { handles, listing }: ObservedInputRule,
    json: Value,
): void {
    const rules = objectsIn(json, 'rule').filter(
        (rule) => rule.get('chain') === 'custom-input',
    );
    const ours = rules.filter(
        (rule) => rule.get('comment') === 'qubes-filterproxy',
    );
    demand(
        handles.every((each) => Number.isSafeInteger(each) && each > 0),
        'handle',
    );
    demand(
        handles.join() === ours.map((rule) => rule.get('handle')).join(),
        'other handles',
    );
    demand(
        listing === null || (ours.length === 1 && ours[0] === rules[0]),
        'a rule that is not first, or not alone',
    );
}

/** Nothing that could end a statement of nft. */
function isKeyPart(part: string | number): boolean {
    return typeof part === 'number'
        ? isPort(part)
        : /^(?:vif[1-9][0-9]{0,4}\.0|[0-9a-f:]+(?:\/\d+)?|[0-9.]+(?:\/\d+)?)$/.test(
              part,
          );
}

function isPort(value: number): boolean {
    return Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function objectsIn(json: Value, kind: string): ReadonlyMap<string, Value>[] {
    const objects = json instanceof Map ? json.get('nftables') : undefined;
    return (Array.isArray(objects) ? objects : []).flatMap((each) => {
        const found = each instanceof Map ? each.get(kind) : undefined;
        return found instanceof Map ? [found] : [];
    });
}

/** Every element as JSON: its set, its key, its value. */
function elementsIn(json: Value): string[] {
    const objects = json instanceof Map ? json.get('nftables') : undefined;
    return (Array.isArray(objects) ? objects : []).flatMap((each) =>
        ['set', 'map'].flatMap((kind) => {
            const found = each instanceof Map ? each.get(kind) : undefined;
            const elements = found instanceof Map ? found.get('elem') : [];
            return (Array.isArray(elements) ? elements : []).map((element) =>
                JSON.stringify([
                    found instanceof Map ? found.get('name') : '',
                    ...(Array.isArray(element)
                        ? [...keyOf(element[0] ?? null), element[1]]
                        : [...keyOf(element), null]),
                ]),
            );
        }),
    );
}

function keyOf(key: Value): Value[] {
    const parts = key instanceof Map ? key.get('concat') : [key];
    return (Array.isArray(parts) ? parts : []).map((part) => {
        const network = part instanceof Map ? part.get('prefix') : undefined;
        if (network instanceof Map && part instanceof Map && part.size === 1) {
            return networkOf(network);
        }
        try {
            return typeof part === 'string' ? canonicalIp(part) : part;
        } catch {
            return part;
        }
    });
}

/** As it is written: the address, and its length unless that is all of it. */
function networkOf(network: ReadonlyMap<string, Value>): Value {
    const [address, length] = [network.get('addr'), network.get('len')];
    try {
        const text = canonicalIp(String(address));
        return length === (text.includes(':') ? 128 : 32)
            ? text
            : `${text}/${String(length)}`;
    } catch {
        return String(address);
    }
}
