// The bridge between our parsers and the schema library, and the few schemas
// that both directions use.
import * as v from 'valibot';
import { parseIp4, parseIp6 } from '../domain/address.ts';
import { parseDomain } from '../domain/domain-name.ts';
import { parsePrivateNetwork } from '../domain/private-network.ts';
import { parseQubeName } from '../domain/qube-name.ts';
import { parseUpstreamAddress } from '../domain/upstream-address.ts';
import { parseUuid } from '../domain/uuid.ts';
import { err, type Result } from '../result.ts';
import { limits } from './limits.ts';

/** A schema that takes what the parser takes and yields its type. */
export function parsed<T>(
    parse: (untrusted_text: string) => Result<T, string>,
) {
    return v.pipe(
        v.string(),
        v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
            const result = parse(dataset.value);
            if (result.ok) {
                return result.value;
            }
            addIssue({ message: result.error });
            return NEVER;
        }),
    );
}

/** A parser that refuses what it would write otherwise. */
function inOneForm<T extends string>(
    parse: (untrusted_text: string) => Result<T, string>,
) {
    return (untrusted_text: string): Result<T, string> => {
        const result = parse(untrusted_text);
        return result.ok && result.value !== untrusted_text
            ? err(`it is written ${result.value}`)
            : result;
    };
}

export const qubeName = parsed(parseQubeName);
export const uuid = parsed(parseUuid);
export const ip4 = parsed(parseIp4);
export const ip6 = parsed(parseIp6);
export const domain = parsed(inOneForm(parseDomain));
export const privateNetwork = parsed(inOneForm(parsePrivateNetwork));
export const upstreamAddress = parsed(parseUpstreamAddress);

/** A count or serial number that a JSON number holds exactly. */
export const counter = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const port = v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(65_535),
);

/** Of all that is asked for, what can be shown anywhere as it is. */
export const shownHost = /^[a-z0-9._:-]{1,253}$/;

/** Which requests are recorded. */
export const record = v.picklist(['refused', 'nothing', 'all']);

/** A text for people, bounded; printable only after toPrintable(). */
export const boundedText = v.pipe(v.string(), v.maxLength(limits.textLength));
