// The rule files of removed qubes, in /etc/qubes/filterproxy/removed.
import { join } from 'node:path';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { err } from '../../shared/result.ts';
import { ruleFilePath } from '../core/config-file.ts';
import { type FileProblem, wholeFile } from '../core/file-problem.ts';
import {
    compareRemoved,
    freeDate,
    parseRemovedName,
    type RemovedFile,
    removedDirectory,
    removedPath,
} from '../core/removed.ts';
import { maxRuleFileBytes, parseRuleFile } from '../core/rule-file.ts';
import type { KnownFile } from '../core/rule-files.ts';
import {
    type ConfigDirectory,
    entriesOf,
    trustConfig,
} from './config-directory.ts';
import { deleteFile, moveFile, readTrusted } from './files.ts';

export interface AllRemoved {
    /** By name, the newest first. */
    readonly files: readonly RemovedFile[];
    /** Files among them that nobody set aside. */
    readonly ignored: readonly FileProblem[];
}

export interface RemovedStore {
    list(): Promise<AllRemoved>;
    read(file: RemovedFile): Promise<KnownFile['content']>;
    /**
     * Moves a qube's rule file there, whatever it is, in one step; null if it
     * has none. Under the lock of rule files, so that nothing is replaced.
     */
    take(name: QubeName, uuid: Uuid, now: Date): Promise<RemovedFile | null>;
    delete(file: RemovedFile): Promise<void>;
}

export function removedStore(config: ConfigDirectory): RemovedStore {
    const pathOf = (file: RemovedFile) =>
        join(config.directory, removedPath(file));
    return {
        list: () => list(config),
        async read(file) {
            const path = removedPath(file);
            const trusted = trustConfig(config);
            const read = readTrusted(pathOf(file), trusted, maxRuleFileBytes);
            if (read === null) {
                return err([wholeFile(path, 'is not there any more')]);
            }
            return read.ok
                ? parseRuleFile(path, read.value)
                : err([wholeFile(path, read.error)]);
        },
        async take(name, uuid, now) {
            const { files } = await list(config);
            const file = { name, uuid, date: freeDate(name, now, files) };
            const from = join(config.directory, ruleFilePath(name));
            const isMoved = await moveFile(from, pathOf(file));
            return isMoved ? file : null;
        },
        delete: (file) => deleteFile(pathOf(file)),
    };
}

async function list(config: ConfigDirectory): Promise<AllRemoved> {
    trustConfig(config);
    const directory = join(config.directory, removedDirectory);
    const files: RemovedFile[] = [];
    const ignored: FileProblem[] = [];
    for (const entry of await entriesOf(directory)) {
        const file = parseRemovedName(entry);
        if (file.ok) {
            files.push(file.value);
        } else {
            const path = `${removedDirectory}/${entry}`;
            ignored.push(wholeFile(path, `not listed: ${file.error}`));
        }
    }
    return { files: files.sort(compareRemoved), ignored };
}
