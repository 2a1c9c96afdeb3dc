import { chmod, chown, mkdir, open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file whole or not at all, readable by root and one group only.
 * /run is memory: nothing to flush.
 */
export async function writeWhole(
    path: string,
    text: string,
    group = 0,
): Promise<void> {
    const temporary = `${path}.new`;
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o640);
    try {
        await file.writeFile(text);
        await file.chown(0, group);
    } finally {
        await file.close();
    }
    await rename(temporary, path);
}

/** A directory that root and one group may look into. */
export async function makeDirectory(
    path: string,
    mode: number,
    group = 0,
): Promise<void> {
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
    await chown(path, 0, group);
}
