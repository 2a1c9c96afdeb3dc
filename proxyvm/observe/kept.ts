import { readFileSync } from 'node:fs';
import type * as v from 'valibot';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** What a JSON file of ours holds, or what is wrong with it; null: no file. */
export function readKept<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    maxBytes: number,
): Result<v.InferOutput<Schema>, string> | null {
    const read = readIfThere(path);
    return read?.ok ? decode(schema, read.value, maxBytes) : read;
}

/** What is in it, or why that cannot be read; null: no file. */
export function readIfThere(path: string): Result<Buffer, string> | null {
    try {
        return ok(readFileSync(path));
    } catch (error) {
        if (isMissing(error)) {
            return null;
        }
        if (!isErrno(error)) {
            throw error;
        }
        return err(
            error.code === 'EISDIR'
                ? 'it is a directory'
                : `it cannot be read: ${error.code}`,
        );
    }
}
