import type { parseRuleFile } from '../core/rule-file.ts';

/** Of a text that is in its file. */
export type Parse = (
    path: string,
    untrusted_bytes: Uint8Array,
) => ReturnType<typeof parseRuleFile>;

/**
 * The same parser, which does not read a file again that has the same bytes
 * as the last time: a long one takes half a second, and is looked at often.
 */
export function remembering(parse: Parse): Parse {
    const last = new Map<string, [bytes: Buffer, parsed: ReturnType<Parse>]>();
    return (path, untrusted_bytes) => {
        const [bytes, before] = last.get(path) ?? [];
        if (bytes?.equals(untrusted_bytes) && before !== undefined) {
            return before;
        }
        const parsed = parse(path, untrusted_bytes);
        last.set(path, [Buffer.from(untrusted_bytes), parsed]);
        return parsed;
    };
}
