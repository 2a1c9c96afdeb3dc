// Who is stopped, kept in dom0's file system over every restart.
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import {
    maxStoppedBytes,
    nobodyStopped,
    parseStopped,
    renderStopped,
    type Stopped,
    stoppedFile,
} from '../core/stopped.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { readTrusted } from './files.ts';

export interface StoppedStore {
    /** Nobody without a file; or why the file cannot be used. */
    read(): Promise<Result<Stopped, string>>;
    write(stopped: Stopped): Promise<void>;
}

export function stoppedStore(config: ConfigDirectory): StoppedStore {
    return {
        async read() {
            const read = readTrusted(
                join(config.directory, stoppedFile),
                trustConfig(config),
                maxStoppedBytes,
            );
            if (read === null) {
                return ok(nobodyStopped);
            }
            return read.ok ? parseStopped(read.value) : read;
        },
        write: (stopped) =>
            writeConfig(config, stoppedFile, renderStopped(stopped)),
    };
}
