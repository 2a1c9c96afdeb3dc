import { open, rm } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { asFailure } from './files.ts';

/** Writes a file that must not be there yet; whole, or not at all. */
export async function writeNewFile(
    path: string,
    bytes: Uint8Array,
): Promise<void> {
    const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
        const { code } = error as NodeJS.ErrnoException;
        throw code === 'EEXIST'
            ? new Failure(`${path} is there already; nothing was written`)
            : asFailure(error, 'write', path);
    });
    try {
        await handle.writeFile(bytes);
        await handle.sync();
    } catch (error) {
        await rm(path, { force: true });
        throw asFailure(error, 'write', path);
    } finally {
        await handle.close();
    }
}
