// Who learns, kept in dom0's file system: no restart of a program of ours
// makes it longer, or loses who it was.
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import {
    type Learning,
    learningFile,
    maxLearningBytes,
    nobodyLearns,
    parseLearning,
    renderLearning,
} from '../core/learning.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { readTrusted } from './files.ts';

export interface LearningStore {
    /** Nobody without a file; or why the file cannot be used. */
    read(): Promise<Result<Learning, string>>;
    write(learning: Learning): Promise<void>;
}

export function learningStore(config: ConfigDirectory): LearningStore {
    return {
        async read() {
            const read = readTrusted(
                join(config.directory, learningFile),
                trustConfig(config),
                maxLearningBytes,
            );
            if (read === null) {
                return ok(nobodyLearns);
            }
            return read.ok ? parseLearning(read.value) : read;
        },
        write: (learning) =>
            writeConfig(config, learningFile, renderLearning(learning)),
    };
}
