// What nft says of Qubes' own tables, in which the user has a chain.
import * as v from 'valibot';
import { ip4, ip6 } from '../../shared/protocol/schema.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Attached } from './attached.ts';
import { type NftObject, parseNft } from './parse-nft.ts';

/** Marks our rule in a chain that belongs to the user. */
export const ruleComment = 'qubes-filterproxy';

const inputChain = 'custom-input';
const attachment = v.object({
    concat: v.tuple([v.string(), v.union([ip4, ip6])]),
});

/** What concerns us in Qubes' own table of one family. */
export interface ObservedQubesTable {
    /** Null without a chain `custom-input`. */
    readonly inputRule: ObservedInputRule | null;
    readonly attached: readonly Attached[];
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
        attached: objects.flatMap(({ set }) =>
            set?.name === 'allowed' ? (set.elem ?? []).flatMap(attachedIn) : [],
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
function attachedIn(untrusted_element: unknown): Attached[] {
    const element = v.safeParse(attachment, untrusted_element);
    if (!element.success) {
        return [];
    }
    const [vif, address] = element.output.concat;
    return [{ vif, address }];
}
