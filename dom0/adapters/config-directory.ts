// /etc/qubes/filterproxy: who may write there, and only they.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../shared/io/errno.ts';
import { configDirectories } from '../core/config-file.ts';
import { historyDirectory } from '../core/history-entry.ts';
import { removedDirectory } from '../core/removed.ts';
import { usageDirectory } from '../core/usage/usage-file.ts';
import { Failure } from '../failure.ts';
import {
    asFailure,
    type Trusted,
    trustDirectory,
    writeAtomically,
} from './files.ts';

const directories = [
    ...configDirectories,
    'owners',
    removedDirectory,
    historyDirectory,
    usageDirectory,
];

/** It and all below it. */
export function allDirectories(directory: string): string[] {
    return ['', ...directories].map((below) => join(directory, below));
}

export interface ConfigDirectory {
    readonly directory: string;
    /** Root, but in tests. */
    readonly ownerUid: number;
}

/** Who may write here; the directories below are for the same. */
export function trustConfig({ directory, ownerUid }: ConfigDirectory): Trusted {
    try {
        const trusted = trustDirectory(directory, ownerUid);
        for (const below of directories) {
            trustDirectory(join(directory, below), ownerUid);
        }
        return trusted;
    } catch (error) {
        if (isMissing(error)) {
            const missing = allDirectories(directory)
                .filter((path) => !existsSync(path))
                .join(' ');
            throw new Failure(
                `${directory} is incomplete; to mend it: ` +
                    `sudo install -d -o root -g qubes -m 2770 ${missing}`,
            );
        }
        throw asFailure(error, 'read', directory);
    }
}

/** The entries of a directory that are not hidden; none without it. */
export async function entriesOf(path: string): Promise<string[]> {
    const names = await namesIn(path);
    return names.filter((name) => !name.startsWith('.')).sort();
}

/** All of them, in any order; none of a directory that is not there. */
export async function namesIn(path: string): Promise<string[]> {
    try {
        return await readdir(path);
    } catch (error) {
        if (isMissing(error)) {
            return [];
        }
        throw asFailure(error, 'read', path);
    }
}

/** Replaces a file below it, durably. */
export async function writeConfig(
    config: ConfigDirectory,
    path: string,
    content: string | Uint8Array,
): Promise<void> {
    const { gid } = trustConfig(config);
    const file = join(config.directory, path);
    try {
        await writeAtomically(file, content, gid);
    } catch (error) {
        throw asFailure(error, 'write', file);
    }
}
