// What is imported: a directory or an archive of files, or one file. It may
// come from another qube, so it is only read, and every size is bounded.
import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../shared/io/errno.ts';
import { maxRuleFileBytes } from '../core/rule-file.ts';
import { type ArchivedFile, isTar, readTar } from '../core/tar.ts';
import { Failure } from '../failure.ts';

export type ImportSource =
    | { readonly kind: 'files'; readonly files: readonly ArchivedFile[] }
    | { readonly kind: 'file'; readonly bytes: Uint8Array };

/** Bytes of an archive, or of all files of a directory. */
const maxBytes = 64 * 1024 * 1024;

/** Directories below the one that is named. */
const maxDepth = 2;

/** Whether a path that the user typed is one. Throws a Failure that names it. */
export async function isDirectory(path: string): Promise<boolean> {
    return namingErrors(path, async () => (await lstat(path)).isDirectory());
}

/** Reads a path that the user typed. Throws a Failure that names it. */
export function readImportSource(path: string): Promise<ImportSource> {
    return namingErrors(path, async () => {
        if (await isDirectory(path)) {
            const files: ArchivedFile[] = [];
            await readBelow(path, '', 0, files);
            return { kind: 'files', files };
        }
        const bytes = await readBounded(path, maxBytes);
        if (!isTar(bytes)) {
            return { kind: 'file', bytes };
        }
        const files = readTar(bytes, maxRuleFileBytes);
        if (!files.ok) {
            throw new Failure(`cannot import ${path}: ${files.error}`);
        }
        return { kind: 'files', files: files.value };
    });
}

async function namingErrors<T>(
    path: string,
    action: () => Promise<T>,
): Promise<T> {
    try {
        return await action();
    } catch (error) {
        throw isErrno(error)
            ? new Failure(`cannot read ${path}: ${error.code}`)
            : error;
    }
}

/** Hidden files are nobody's; links and devices are not followed. */
async function readBelow(
    root: string,
    below: string,
    depth: number,
    files: ArchivedFile[],
): Promise<void> {
    const entries = await readdir(join(root, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = join(below, entry.name);
        if (entry.name.startsWith('.')) {
            continue;
        }
        if (entry.isDirectory() && depth < maxDepth) {
            await readBelow(root, path, depth + 1, files);
        } else if (entry.isFile()) {
            const read = files.reduce(
                (sum, { bytes }) => sum + bytes.length,
                0,
            );
            const left = Math.min(maxRuleFileBytes, maxBytes - read);
            const bytes = await readBounded(join(root, path), left);
            files.push({ path, bytes });
        }
    }
}

async function readBounded(path: string, most: number): Promise<Uint8Array> {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
        const status = await handle.stat();
        if (!status.isFile()) {
            throw new Failure(`${path} is not a regular file`);
        }
        if (status.size > most) {
            throw new Failure(`${path} is too large to be imported`);
        }
        return await handle.readFile();
    } finally {
        await handle.close();
    }
}
