// A value that is kept in one file of our run directory, for all programs of
// ours in this boot.
import type * as v from 'valibot';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

export interface RunValue<T> {
    /** What it is without a file, too. */
    read(): Promise<T>;
    write(value: T): Promise<void>;
}

interface Form<Schema extends v.GenericSchema> {
    readonly file: string;
    /** Of what is in the file. */
    readonly schema: Schema;
    /** The value without a file. */
    readonly missing: v.InferOutput<Schema>;
    readonly render: (value: v.InferOutput<Schema>) => v.InferInput<Schema>;
}

export function runValue<Schema extends v.GenericSchema>(
    directory: RunDirectory,
    { file, schema, missing, render }: Form<Schema>,
): RunValue<v.InferOutput<Schema>> {
    return {
        read: async () =>
            (await readRunFile(directory, file, schema)) ?? missing,
        write: (value) => writeRunFile(directory, file, render(value)),
    };
}
