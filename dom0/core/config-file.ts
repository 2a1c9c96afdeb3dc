// Which files there are below /etc/qubes/filterproxy, and what is in them.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { removedDirectory } from './removed.ts';
import type { SetName, TagName } from './set-name.ts';

/** The directories of files that people write. */
export const configDirectories = ['qubes', 'tags', 'sets', 'proxies'] as const;
export type ConfigDirectoryName = (typeof configDirectories)[number];

/** How the names of their files end. */
export const suffixes = {
    qubes: '.rules',
    tags: '.rules',
    sets: '.rules',
    proxies: '.conf',
} as const satisfies Record<ConfigDirectoryName, string>;

/** A rule file of a qube. */
export function ruleFilePath(name: QubeName): string {
    return pathIn('qubes', name);
}

/** The rules of all qubes with a tag. */
export function tagFilePath(tag: TagName): string {
    return pathIn('tags', tag);
}

/** Rules that other files include. */
export function setFilePath(set: SetName): string {
    return pathIn('sets', set);
}

/** What holds for all clients of a ProxyVM. */
export function proxyFilePath(name: QubeName): string {
    return pathIn('proxies', name);
}

/** The file of that name in a directory, below /etc/qubes/filterproxy. */
export function pathIn(directory: ConfigDirectoryName, name: string): string {
    return `${directory}/${name}${suffixes[directory]}`;
}

/** What a path that pathIn() made is the file of; one aside is a qube's. */
export function directoryOf(path: string): ConfigDirectoryName {
    const [first] = path.split('/');
    const name = first === removedDirectory ? 'qubes' : first;
    const found = configDirectories.find((directory) => directory === name);
    if (found === undefined) {
        throw new Error(`no directory of ours: ${path}`);
    }
    return found;
}
