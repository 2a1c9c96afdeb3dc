// How often rules were used, in /etc/qubes/filterproxy/usage: a file for each
// rule file that is counted.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';
import { type FileProblem, wholeFile } from '../core/file-problem.ts';
import {
    type FileUsage,
    fileOfUsage,
    maxUsageBytes,
    parseUsage,
    renderUsage,
    usageDirectory,
    usagePath,
} from '../core/usage/usage-file.ts';
import { Failure } from '../failure.ts';
import { shownConfig } from '../paths.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { asFailure, deleteFile, readTrusted } from './files.ts';

/** All of it under the lock of sums, or they may change meanwhile. */
export interface UsageStore {
    /** The rule files that there are sums of. */
    list(): Promise<string[]>;
    /** Those of a rule file; null: there are none. */
    read(file: string): Promise<Result<FileUsage | null, FileProblem>>;
    write(file: string, usage: FileUsage): Promise<void>;
    delete(file: string): Promise<void>;
}

export function usageStore(config: ConfigDirectory): UsageStore {
    const pathOf = (file: string) => join(config.directory, usagePath(file));
    return {
        list: () => list(config),
        async read(file) {
            const trusted = trustConfig(config);
            const read = readTrusted(pathOf(file), trusted, maxUsageBytes);
            if (read === null) {
                return ok(null);
            }
            const usage = read.ok ? parseUsage(read.value) : read;
            return usage.ok
                ? usage
                : err(
                      wholeFile(
                          usagePath(file),
                          `${usage.error}; to count anew: rm ${shownConfig}/${usagePath(file)}`,
                      ),
                  );
        },
        async write(file, usage) {
            const text = renderUsage(usage);
            if (Buffer.byteLength(text) > maxUsageBytes) {
                const most = `larger than ${maxUsageBytes} bytes`;
                throw new Failure(`cannot write ${pathOf(file)}: ${most}`);
            }
            await writeConfig(config, usagePath(file), text);
        },
        delete: (file) => deleteFile(pathOf(file)),
    };
}

async function list(config: ConfigDirectory): Promise<string[]> {
    trustConfig(config);
    const path = join(config.directory, usageDirectory);
    try {
        const names = (await readdir(path)).sort();
        return names.flatMap((name) => fileOfUsage(name) ?? []);
    } catch (error) {
        throw asFailure(error, 'read', path);
    }
}
