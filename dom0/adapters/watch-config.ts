// Changes of files below /etc/qubes/filterproxy, by whatever editor.
import { watch } from 'node:fs';
import { join } from 'node:path';

/** Where the files are that decide what is in force. */
const directories = ['.', 'qubes', 'owners'];

/**
 * Calls back at every change; several may be one. A directory that cannot be
 * watched is told of, and looked into when there is another reason.
 */
export function watchConfig(
    directory: string,
    onChange: () => void,
    onFailure: (message: string) => void,
): void {
    for (const name of directories) {
        const path = join(directory, name);
        const fail = (error: NodeJS.ErrnoException) =>
            onFailure(`changes in ${path} are not seen: ${error.code}`);
        try {
            watch(path, onChange).on('error', fail);
        } catch (error) {
            fail(error as NodeJS.ErrnoException);
        }
    }
}
