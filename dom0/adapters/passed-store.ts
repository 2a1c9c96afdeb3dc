// The latest time of a rule that has passed, kept over every restart.
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import {
    maxPassedBytes,
    parsePassed,
    passedFile,
    renderPassed,
} from '../core/passed.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { readTrusted } from './files.ts';

export interface PassedStore {
    /** In seconds since 1970, 0 without a file; or why it cannot be used. */
    read(): Promise<Result<number, string>>;
    write(until: number): Promise<void>;
}

export function passedStore(config: ConfigDirectory): PassedStore {
    return {
        async read() {
            const read = readTrusted(
                join(config.directory, passedFile),
                trustConfig(config),
                maxPassedBytes,
            );
            if (read === null) {
                return ok(0);
            }
            return read.ok ? parsePassed(read.value) : read;
        },
        write: (until) => writeConfig(config, passedFile, renderPassed(until)),
    };
}
