// What nft says of our table, and the elements in it.
import * as v from 'valibot';
import { parseNetwork } from '../../shared/domain/network.ts';
import { ip4, ip6, parsed } from '../../shared/protocol/schema.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type Element, type ElementSet, elementSets } from './element.ts';
import { type NftObject, parseNft } from './parse-nft.ts';

/** A port or a user id. */
const number = v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(65_535),
);

const network = v.pipe(
    v.strictObject({
        prefix: v.strictObject({ addr: v.union([ip4, ip6]), len: number }),
    }),
    v.transform(({ prefix: { addr, len } }) => `${addr}/${len}`),
    parsed(parseNetwork),
);

/** What may stand in a key, and be given to nft again to delete it by. */
const part = v.union([
    number,
    v.pipe(v.string(), v.regex(/^vif[1-9][0-9]{0,4}\.0$/)),
    ip4,
    ip6,
]);
const key = v.union([part, v.strictObject({ concat: v.array(part) })]);

/** The same in a set of intervals. */
const keyWithNetwork = v.strictObject({
    concat: v.array(v.union([part, network])),
});

/** An element of a map whose elements go after a while. */
const passing = v.pipe(
    v.strictObject({
        elem: v.strictObject({
            val: key,
            timeout: v.optional(v.number()),
            expires: v.optional(v.number()),
        }),
    }),
    v.transform(({ elem }) => elem.val),
);
const elementInMap = v.strictTuple([v.union([key, passing]), number]);

export interface ObservedTable {
    /** Everything but our elements and versions. */
    readonly listing: string;
    readonly elements: readonly Element[];
}

/** Reads `nft --json --numeric list table` of our table. */
export function parseTable(
    untrusted_bytes: Uint8Array,
): Result<ObservedTable, string> {
    const parsed = parseNft(untrusted_bytes);
    if (!parsed.ok) {
        return parsed;
    }
    const { untrusted_json, objects } = parsed.value;
    const found = foundIn(objects);
    const elements = elementsOf(found);
    const strange = found.filter(({ element }) => element === null);
    const listing = listingOf(untrusted_json);
    return ok({
        // With an element that is none of ours it is no table of ours.
        listing:
            strange.length === 0
                ? listing
                : `${listing}\n${JSON.stringify(strange)}`,
        elements,
    });
}

/** Our elements in what nft printed. */
export function elementsIn(objects: readonly NftObject[]): Element[] {
    return elementsOf(foundIn(objects));
}

function foundIn(objects: readonly NftObject[]): FoundElement[] {
    return objects.flatMap(({ set, map }) => [set, map]).flatMap(parseElements);
}

function elementsOf(found: readonly FoundElement[]): Element[] {
    return found.flatMap(({ element }) => element ?? []);
}

/**
 * A text equal for the same table, whatever its elements. One like it that
 * somebody put in its place, from a ruleset that he saved, has another handle.
 */
function listingOf(untrusted_json: unknown): string {
    const dropped = new Set(['elem', 'metainfo']);
    const constant = new Set(['closed4', 'closed6', 'qubes4', 'qubes6']);
    return JSON.stringify(untrusted_json, (name, value) => {
        const isConstant = constant.has(value?.name);
        if (isConstant) {
            return [value.name, JSON.stringify(value.elem)];
        }
        return dropped.has(name) ? undefined : value;
    });
}

type NftSet = { readonly name: string; readonly elem?: unknown[] | undefined };

interface FoundElement {
    readonly untrusted_element: unknown;
    /** Null when it is not one as we write them. */
    readonly element: Element | null;
}

function parseElements(nftSet: NftSet | undefined): FoundElement[] {
    const set = elementSets.find((name) => name === nftSet?.name);
    return set === undefined
        ? []
        : (nftSet?.elem ?? []).map((untrusted_element) => ({
              untrusted_element,
              element: parseElement(set, untrusted_element),
          }));
}

function parseElement(
    set: ElementSet,
    untrusted_element: unknown,
): Element | null {
    const inMap = v.safeParse(elementInMap, untrusted_element);
    if (inMap.success) {
        const [mapKey, value] = inMap.output;
        return { set, key: partsOf(mapKey), value };
    }
    const inSet = v.safeParse(
        set.startsWith('private') ? keyWithNetwork : key,
        untrusted_element,
    );
    return inSet.success
        ? { set, key: partsOf(inSet.output), value: null }
        : null;
}

function partsOf(
    value: v.InferOutput<typeof key | typeof keyWithNetwork>,
): (string | number)[] {
    return typeof value === 'object' ? value.concat : [value];
}
