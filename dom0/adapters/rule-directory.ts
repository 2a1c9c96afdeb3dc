// One of the directories of files that people write.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../shared/result.ts';
import { type ConfigDirectoryName, suffixes } from '../core/config-file.ts';
import { type FileProblem, wholeFile } from '../core/file-problem.ts';
import type { ConfigDirectory } from './config-directory.ts';

export interface DirectoryRead<Name, File> {
    readonly files: ReadonlyMap<Name, File>;
    /** Whose names are none. */
    readonly strays: readonly FileProblem[];
    /** Files that are not taken for any of ours. */
    readonly ignored: readonly FileProblem[];
}

/** Reads its files in the order of their names; hidden ones are nobody's. */
export function readDirectory<Name, File>(
    { directory }: ConfigDirectory,
    below: ConfigDirectoryName,
    parseName: (untrusted_name: string) => Result<Name, string>,
    read: (path: string, name: Name) => File,
): DirectoryRead<Name, File> {
    const suffix = suffixes[below];
    const files = new Map<Name, File>();
    const strays: FileProblem[] = [];
    const ignored: FileProblem[] = [];
    const entries = readdirSync(join(directory, below));
    for (const entry of entries.filter(isVisible).sort()) {
        const path = `${below}/${entry}`;
        if (!entry.endsWith(suffix)) {
            const message = `not in force: its name does not end in ${suffix}`;
            ignored.push(wholeFile(path, message));
            continue;
        }
        const name = parseName(entry.slice(0, -suffix.length));
        if (name.ok) {
            files.set(name.value, read(path, name.value));
        } else {
            const message = `not in force: ${name.error}; rename or remove it`;
            strays.push(wholeFile(path, message));
        }
    }
    return { files, strays, ignored };
}

function isVisible(entry: string): boolean {
    return !entry.startsWith('.');
}
