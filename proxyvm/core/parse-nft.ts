// The JSON that nft prints (libnftables-json(5)), of whatever table.
import * as v from 'valibot';
import { decode, describeIssue } from '../../shared/protocol/json.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { maxToolBytes } from './tool-output.ts';

const handle = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

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
            handle,
            comment: v.optional(v.string()),
            expr: v.optional(v.unknown()),
        }),
    ),
});

const nftOutput = v.object({ nftables: v.array(nftObject) });

export type NftObject = v.InferOutput<typeof nftObject>;

/** Far more than nft nests; JSON.stringify has an end at some thousands. */
const maxDepth = 64;

function isDeeperThan(most: number, untrusted_json: unknown): boolean {
    return (
        typeof untrusted_json === 'object' &&
        untrusted_json !== null &&
        (most === 0 ||
            Object.values(untrusted_json).some((each) =>
                isDeeperThan(most - 1, each),
            ))
    );
}

export interface ParsedNft {
    /** All that it said, also what we do not look at. */
    readonly untrusted_json: unknown;
    readonly objects: readonly NftObject[];
}

/** What nft printed as JSON, of whatever. */
export function parseNft(
    untrusted_bytes: Uint8Array,
): Result<ParsedNft, string> {
    const decoded = decode(v.unknown(), untrusted_bytes, maxToolBytes);
    if (!decoded.ok) {
        return decoded;
    }
    const untrusted_json = decoded.value;
    if (isDeeperThan(maxDepth, untrusted_json)) {
        return err(`it is nested in more than ${maxDepth} levels`);
    }
    const result = v.safeParse(nftOutput, untrusted_json, { abortEarly: true });
    return result.success
        ? ok({ untrusted_json, objects: result.output.nftables })
        : err(describeIssue(result.issues[0]));
}
