// What nft says of our table and of our rule, in the JSON that it prints
// (libnftables-json(5)).
import * as v from 'valibot';
import { parseIp6 } from '../../shared/domain/address.ts';
import { decode, describeIssue } from '../../shared/protocol/json.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Element, type ElementSet, elementSets } from './element.ts';
import { maxToolBytes } from './tool-output.ts';

/** Marks our rule in a chain that belongs to the user. */
export const ruleComment = 'qubes-filterproxy';

const scalar = v.union([v.string(), v.number()]);
const key = v.union([scalar, v.object({ concat: v.array(scalar) })]);

const nftObject = v.object({
    set: v.optional(
        v.object({ name: v.string(), elem: v.optional(v.array(v.unknown())) }),
    ),
    map: v.optional(
        v.object({ name: v.string(), elem: v.optional(v.array(v.unknown())) }),
    ),
    chain: v.optional(v.object({ name: v.string() })),
    rule: v.optional(
        v.object({
            chain: v.string(),
            handle: v.number(),
            comment: v.optional(v.string()),
            expr: v.optional(v.unknown()),
        }),
    ),
});

const nftOutput = v.object({ nftables: v.array(nftObject) });

type NftObject = v.InferOutput<typeof nftObject>;

const inputChain = 'custom-input';
const attachment = v.object({ concat: v.tuple([v.string(), v.string()]) });

export interface ObservedTable {
    /** Everything but elements, handles and versions. */
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
    return ok({
        listing: listingOf(untrusted_json),
        elements: objects.flatMap((object) => [
            ...elementsOf(object.set),
            ...elementsOf(object.map),
        ]),
    });
}

/** What concerns us in Qubes' own table of one family. */
export interface ObservedQubesTable {
    /** Null without a chain `custom-input`. */
    readonly inputRule: ObservedInputRule | null;
    /** Addresses that vifs have. */
    readonly attachedAddresses: readonly string[];
}

/** Our rule in `custom-input`, or what stands there in its name. */
export interface ObservedInputRule {
    /** Handles of every rule with our mark. */
    readonly handles: readonly number[];
    /** What it does, if it is there once and first; else null. */
    readonly listing: string | null;
}

/** Reads `nft --json --numeric list table` of `ip qubes` or `ip6 qubes`. */
export function parseQubesTable(
    untrusted_bytes: Uint8Array,
): Result<ObservedQubesTable, string> {
    const parsed = parseNft(untrusted_bytes);
    if (!parsed.ok) {
        return parsed;
    }
    const { objects } = parsed.value;
    const hasChain = objects.some(({ chain }) => chain?.name === inputChain);
    return ok({
        inputRule: hasChain ? inputRuleIn(objects) : null,
        attachedAddresses: objects.flatMap(({ set }) =>
            set?.name === 'allowed' ? (set.elem ?? []).flatMap(addressIn) : [],
        ),
    });
}

function inputRuleIn(objects: readonly NftObject[]): ObservedInputRule {
    const rules = objects.flatMap(({ rule }) =>
        rule?.chain === inputChain ? [rule] : [],
    );
    const ours = rules.filter(({ comment }) => comment === ruleComment);
    const [first] = rules;
    const isInPlace = ours.length === 1 && first === ours[0];
    return {
        handles: ours.map(({ handle }) => handle),
        listing: isInPlace ? JSON.stringify(first?.expr) : null,
    };
}

/** Of an element `vif . address` (core-agent-linux, vif-route-qubes). */
function addressIn(untrusted_element: unknown): string[] {
    const element = v.safeParse(attachment, untrusted_element);
    return element.success ? [String(canonical(element.output.concat[1]))] : [];
}

interface ParsedNft {
    /** All that it said, also what we do not look at. */
    readonly untrusted_json: unknown;
    readonly objects: readonly NftObject[];
}

function parseNft(untrusted_bytes: Uint8Array): Result<ParsedNft, string> {
    const decoded = decode(v.unknown(), untrusted_bytes, maxToolBytes);
    if (!decoded.ok) {
        return decoded;
    }
    const untrusted_json = decoded.value;
    const result = v.safeParse(nftOutput, untrusted_json, { abortEarly: true });
    return result.success
        ? ok({ untrusted_json, objects: result.output.nftables })
        : err(describeIssue(result.issues[0]));
}

/** A text equal for equal tables, whatever their elements and history. */
function listingOf(untrusted_json: unknown): string {
    const dropped = new Set(['elem', 'handle', 'metainfo']);
    const constant = new Set(['closed4', 'closed6']);
    return JSON.stringify(untrusted_json, (name, value) => {
        const isConstant = constant.has(value?.name);
        if (isConstant) {
            return [value.name, JSON.stringify(value.elem)];
        }
        return dropped.has(name) ? undefined : value;
    });
}

type NftSet = { readonly name: string; readonly elem?: unknown[] | undefined };

function elementsOf(nftSet: NftSet | undefined): Element[] {
    const set = elementSets.find((name) => name === nftSet?.name);
    return set === undefined
        ? []
        : (nftSet?.elem ?? []).flatMap((untrusted) =>
              parseElement(set, untrusted),
          );
}

/** What is not an element as we write them cannot be ours: left out. */
function parseElement(set: ElementSet, untrusted_element: unknown): Element[] {
    const inMap = v.safeParse(v.tuple([key, v.number()]), untrusted_element);
    if (inMap.success) {
        const [mapKey, value] = inMap.output;
        return [{ set, key: keyParts(mapKey), value }];
    }
    const inSet = v.safeParse(key, untrusted_element);
    return inSet.success
        ? [{ set, key: keyParts(inSet.output), value: null }]
        : [];
}

function keyParts(value: v.InferOutput<typeof key>): (string | number)[] {
    const parts = typeof value === 'object' ? value.concat : [value];
    return parts.map(canonical);
}

/** nft writes some IPv6 addresses with an IPv4 address in them. */
function canonical(part: string | number): string | number {
    const ip6 = parseIp6(String(part));
    return ip6.ok ? ip6.value : part;
}
