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
    rmSync(temporary, { force: true });
    const fd = openSync(temporary, 'wx', 0o640);
    try {
        writeFileSync(fd, content);
        fchownSync(fd, 0, group);
    } finally {
        closeSync(fd);
    }
    renameSync(temporary, path);
}

/** A directory that root and one group may look into. */
export function makeDirectory(path: string, mode: number, group = 0): void {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    chownSync(path, 0, group);
}
