// Changes of files below /etc/qubes/filterproxy, by whatever editor.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../../shared/io/errno.ts';
import { configDirectories } from '../core/config-file.ts';

/** Where the files are that decide what is in force. */
const directories: readonly string[] = [...configDirectories, 'owners'];

/**
 * Calls back at every change; several may be one. A directory that cannot be
 * watched is told of, and looked into when there is another reason.
 */
export function watchConfig(
    directory: string,
    onChange: () => void,
    onFailure: (message: string) => void,
): void {
    const watchers = new Map<string, FSWatcher>();

    function watchBelow(name: string): void {
        watchers.get(name)?.close();
        watchers.delete(name);
        try {
            watchers.set(name, watchOne(join(directory, name), onChange));
        } catch (error) {
            // Once it is there it is watched, see below.
            if (!isMissing(error)) {
                fail(join(directory, name), error);
            }
        }
    }

    function watchOne(
        path: string,
        onEvent: (name: string) => void,
    ): FSWatcher {
        const watcher = watch(path, (_, name) => onEvent(name ?? ''));
        return watcher.on('error', (error) => fail(path, error));
    }

    function fail(path: string, error: unknown): void {
        const { code } = error as NodeJS.ErrnoException;
        onFailure(`changes in ${path} are not seen: ${code}`);
    }

    try {
        watchOne(directory, (name) => {
            // Another directory may have been put in its place.
            if (directories.includes(name)) {
                watchBelow(name);
            }
            onChange();
        });
    } catch (error) {
        fail(directory, error);
    }
    directories.forEach(watchBelow);
}
