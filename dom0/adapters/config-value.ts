// A value that is kept in one file of /etc/qubes/filterproxy.
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { readTrusted } from './files.ts';

export interface ConfigValue<T> {
    /** What it is without a file; or why the file cannot be used. */
    read(): Promise<Result<T, string>>;
    write(value: T): Promise<void>;
}

interface Form<T> {
    readonly file: string;
    readonly maxBytes: number;
    /** The value without a file. */
    readonly missing: T;
    readonly parse: (untrusted_bytes: Uint8Array) => Result<T, string>;
    readonly render: (value: T) => string | Uint8Array;
}

export function configValue<T>(
    config: ConfigDirectory,
    { file, maxBytes, missing, parse, render }: Form<T>,
): ConfigValue<T> {
    return {
        async read() {
            const read = readTrusted(
                join(config.directory, file),
                trustConfig(config),
                maxBytes,
            );
            if (read === null) {
                return ok(missing);
            }
            return read.ok ? parse(read.value) : read;
        },
        write: (value) => writeConfig(config, file, render(value)),
    };
}
