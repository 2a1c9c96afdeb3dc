import { readFileSync } from 'node:fs';
import type * as v from 'valibot';
import { orIfMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import type { Result } from '../../shared/result.ts';

/** What a JSON file of ours holds, or what is wrong with it; null: no file. */
export function readKept<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    maxBytes: number,
): Result<v.InferOutput<Schema>, string> | null {
    const untrusted_bytes = orIfMissing(() => readFileSync(path), null);
    return untrusted_bytes && decode(schema, untrusted_bytes, maxBytes);
}
