import * as v from 'valibot';
import { toWords } from '../printable.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * The only way from bytes of another qube to a value: size, UTF-8, JSON,
 * schema, in that order. The error says which field and what is wrong, in
 * printable characters.
 */
export function decode<Schema extends v.GenericSchema>(
    schema: Schema,
    untrusted_bytes: Uint8Array,
    maxBytes: number,
): Result<v.InferOutput<Schema>, string> {
    if (untrusted_bytes.length === 0) {
        return err('it is empty');
    }
    if (untrusted_bytes.length > maxBytes) {
        return err(`it is longer than ${maxBytes} bytes`);
    }
    const untrusted_value = parseJson(untrusted_bytes);
    if (!untrusted_value.ok) {
        return untrusted_value;
    }
    const result = v.safeParse(schema, untrusted_value.value, {
        abortEarly: true,
    });
    return result.success
        ? ok(result.output)
        : err(describeIssue(result.issues[0]));
}

function parseJson(untrusted_bytes: Uint8Array): Result<unknown, string> {
    try {
        const utf8 = new TextDecoder('utf-8', { fatal: true });
        return ok(JSON.parse(utf8.decode(untrusted_bytes)));
    } catch (error) {
        // TextDecoder and JSON.parse throw nothing but these.
        if (error instanceof TypeError || error instanceof SyntaxError) {
            return err(`it is not JSON: ${toWords(error.message, 120)}`);
        }
        throw error;
    }
}

/** Which field, and what is wrong with it, in printable characters. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
    const path = v.getDotPath(issue);
    const message = toWords(issue.message, 200);
    return path === null ? message : `${toWords(path, 120)}: ${message}`;
}
