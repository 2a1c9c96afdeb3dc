// Small files in our run directory, which only we write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as v from 'valibot';
import { orIfMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import { Failure } from '../failure.ts';
import { asFailure, writeAtomically } from './files.ts';
import type { RunDirectory } from './run-directory.ts';

/** Bytes; there is a line for each qube at most. */
const maxBytes = 4 * 1024 * 1024;

/** What such a file says; null when it is missing. */
export async function readRunFile<Schema extends v.GenericSchema>(
    directory: RunDirectory,
    name: string,
    schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
    const path = join(directory(), name);
    const untrusted_bytes = readIfThere(path);
    if (untrusted_bytes === null) {
        return null;
    }
    const value = decode(schema, untrusted_bytes, maxBytes);
    if (!value.ok) {
        throw new Failure(`${path}: ${value.error}; to mend it: rm ${path}`);
    }
    return value.value;
}

function readIfThere(path: string): Buffer | null {
    try {
        return orIfMissing(() => readFileSync(path), null);
    } catch (error) {
        throw asFailure(error, 'read', path);
    }
}

/** Replaces it as a whole. */
export async function writeRunFile(
    directory: RunDirectory,
    name: string,
    value: unknown,
): Promise<void> {
    const path = join(directory(), name);
    try {
        await writeAtomically(path, `${JSON.stringify(value)}\n`);
    } catch (error) {
        throw asFailure(error, 'write', path);
    }
}
