// What a program of ours left aside that was killed while it wrote a file.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../shared/io/errno.ts';
import { namesIn } from './config-directory.ts';
import { asFailure, deleteFile } from './files.ts';

/** As writeAtomically() names it. */
const aside = /^\..+\.[0-9a-f]{12}$/;

/** Milliseconds: no write takes as long. */
const longest = 60 * 60 * 1000;

/** Removes it from these directories, as far as they are there. */
export async function removeLeftovers(
    directories: readonly string[],
    nowMs: number,
): Promise<void> {
    for (const directory of directories) {
        for (const entry of await namesIn(directory)) {
            const path = join(directory, entry);
            if (aside.test(entry) && (await isLeft(path, nowMs))) {
                await deleteFile(path);
            }
        }
    }
}

async function isLeft(path: string, nowMs: number): Promise<boolean> {
    try {
        const status = await lstat(path);
        return status.isFile() && status.mtimeMs < nowMs - longest;
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw asFailure(error, 'read', path);
    }
}
