import { lstatSync } from 'node:fs';

/**
 * What was made of files, anew only when a file is another one: those that are
 * asked for are replaced whole, never changed.
 */
export class Unchanged<T> {
    readonly #made = new Map<string, { stamp: string; value: T }>();

    read(path: string, make: (path: string) => T): T {
        const stamp = stampOf(path);
        const known = this.#made.get(path);
        if (known?.stamp === stamp) {
            return known.value;
        }
        const value = make(path);
        this.#made.set(path, { stamp, value });
        return value;
    }
}

function stampOf(path: string): string {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}
