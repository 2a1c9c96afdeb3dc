// Files of ours are small and in memory. Asking for them one after the other
// is faster than loading what could ask for them at once.
import {
    chmodSync,
    chownSync,
    closeSync,
    fchownSync,
    mkdirSync,
    openSync,
    renameSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { isErrno } from '../../shared/io/errno.ts';

/**
 * Writes a file whole or not at all, readable by root and one group only.
 * /run is memory: nothing to flush.
 */
export function writeWhole(
    path: string,
    content: string | Buffer,
    group = 0,
): void {
    const temporary = `${path}.new`;
    removeWhole(temporary);
    const fd = openSync(temporary, 'wx', 0o640);
    try {
        writeFileSync(fd, content);
        fchownSync(fd, 0, group);
    } finally {
        closeSync(fd);
    }
    moveTo(temporary, path);
}

/** What is in the way of a file of ours is nobody else's, if it is a directory. */
function moveTo(from: string, path: string): void {
    try {
        renameSync(from, path);
    } catch (error) {
        if (!isErrno(error) || error.code !== 'EISDIR') {
            throw error;
        }
        removeWhole(path);
        renameSync(from, path);
    }
}

/** Whatever it is, if it is there. */
export function removeWhole(path: string): void {
    rmSync(path, { recursive: true, force: true });
}

/** A directory that root and one group may look into. */
export function makeDirectory(path: string, mode: number, group = 0): void {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    chownSync(path, 0, group);
}
