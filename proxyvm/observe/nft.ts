// What nft says of our table and of our rule, read from its JSON.
import * as v from 'valibot';
import { parseIp6 } from '../../shared/domain/address.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure } from '../commands.ts';
import { type Element, type ElementSet, elementSets } from '../core/element.ts';
import type { Family } from '../core/observed-state.ts';
import { AgentFailure } from '../failure.ts';
import { ruleComment, tableName } from '../render/nft.ts';

const scalar = v.union([v.string(), v.number()]);
const key = v.union([scalar, v.object({ concat: v.array(scalar) })]);

const nftObject = v.object({
    set: v.optional(
        v.object({ name: v.string(), elem: v.optional(v.array(v.unknown())) }),
    ),
    map: v.optional(
        v.object({ name: v.string(), elem: v.optional(v.array(v.unknown())) }),
    ),
    rule: v.optional(
        v.object({
            handle: v.number(),
            comment: v.optional(v.string()),
            expr: v.optional(v.unknown()),
        }),
    ),
});

const nftOutput = v.object({ nftables: v.array(nftObject) });

export interface ObservedTable {
    /** Everything but elements, handles and versions; null: no table. */
    readonly listing: string | null;
    readonly elements: readonly Element[];
}

export async function observeTable(run: RunCommand): Promise<ObservedTable> {
    const untrusted_json = await list(run, ['table', ...tableName.split(' ')]);
    if (untrusted_json === null) {
        return { listing: null, elements: [] };
    }
    const { nftables } = parse(untrusted_json);
    return {
        listing: listingOf(untrusted_json),
        elements: nftables.flatMap((object) => [
            ...elementsOf(object.set),
            ...elementsOf(object.map),
        ]),
    };
}

/** Our rule in `custom-input`, or what stands there in its name. */
export interface ObservedInputRule {
    /** Handles of every rule with our mark. */
    readonly handles: readonly number[];
    /** What it does, if it is there once and first; else null. */
    readonly listing: string | null;
}

/** Null without that chain: a ProxyVM without IPv6 may lack the one of ip6. */
export async function observeInputRule(
    run: RunCommand,
    family: Family,
): Promise<ObservedInputRule | null> {
    const untrusted_json = await list(run, [
        'chain',
        family,
        'qubes',
        'custom-input',
    ]);
    if (untrusted_json === null) {
        return null;
    }
    const rules = parse(untrusted_json).nftables.flatMap(({ rule }) =>
        rule ? [rule] : [],
    );
    const ours = rules.filter(({ comment }) => comment === ruleComment);
    const [first] = rules;
    const isInPlace = ours.length === 1 && first === ours[0];
    return {
        handles: ours.map(({ handle }) => handle),
        listing: isInPlace ? JSON.stringify(first?.expr) : null,
    };
}

/**
 * The addresses that vifs have: the elements `vif . address` of the sets
 * `allowed` (qubes-core-agent-linux network/vif-route-qubes).
 */
export async function observeAttachedAddresses(
    run: RunCommand,
): Promise<string[]> {
    const families: readonly Family[] = ['ip', 'ip6'];
    const addresses = await Promise.all(
        families.map(async (family) => {
            const what = ['set', family, 'qubes', 'allowed'];
            const untrusted_json = await list(run, what);
            return untrusted_json === null ? [] : addressesIn(untrusted_json);
        }),
    );
    return addresses.flat();
}

function addressesIn(untrusted_json: unknown): string[] {
    return parse(untrusted_json).nftables.flatMap(({ set }) =>
        (set?.elem ?? []).flatMap((untrusted_element) => {
            const element = v.safeParse(key, untrusted_element);
            const address = element.success && keyParts(element.output)[1];
            return address ? [String(address)] : [];
        }),
    );
}

/** Null when it does not exist. */
async function list(
    run: RunCommand,
    what: readonly string[],
): Promise<unknown> {
    // --numeric: else user ids come as names where the system has any.
    const args = ['--json', '--numeric', 'list', ...what];
    const outcome = await run('nft', args);
    if (outcome.exitCode === 0) {
        return JSON.parse(outcome.stdout.toString('utf8'));
    }
    if (outcome.stderr.includes('No such file or directory')) {
        return null;
    }
    throw commandFailure(outcome);
}

function parse(untrusted_json: unknown): v.InferOutput<typeof nftOutput> {
    const result = v.safeParse(nftOutput, untrusted_json);
    if (!result.success) {
        throw new AgentFailure('apply', 'nft --json says what nobody knows');
    }
    return result.output;
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
