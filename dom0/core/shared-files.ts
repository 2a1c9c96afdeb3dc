// The files that are no single qube's: of tags, of sets, and of ProxyVMs.
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import type { Result } from '../../shared/result.ts';
import {
    directoryOf,
    proxyFilePath,
    setFilePath,
    suffixes,
    tagFilePath,
} from './config-file.ts';
import type { FileProblem } from './file-problem.ts';
import type { RuleFile } from './rule-file.ts';
import {
    parseSetName,
    parseTagName,
    type SetName,
    type TagName,
} from './set-name.ts';

/** A file as it is, or all that is wrong with it. */
export type FileContent = Result<RuleFile, readonly FileProblem[]>;

export interface SharedFiles {
    readonly tags: ReadonlyMap<TagName, FileContent>;
    readonly sets: ReadonlyMap<SetName, FileContent>;
    readonly proxies: ReadonlyMap<QubeName, FileContent>;
}

/** The qubes that have a tag, for each tag that there is a file of. */
export type Tagged = ReadonlyMap<TagName, ReadonlySet<QubeName>>;

/** All of them, by their paths below /etc/qubes/filterproxy. */
export function byPath(files: SharedFiles): [string, FileContent][] {
    return [
        ...[...files.tags].map(entryWith(tagFilePath)),
        ...[...files.sets].map(entryWith(setFilePath)),
        ...[...files.proxies].map(entryWith(proxyFilePath)),
    ];
}

/** The same, with another content of the file of that path. */
export function withSharedFile(
    { tags, sets, proxies }: SharedFiles,
    path: string,
    content: FileContent,
): SharedFiles {
    const directory = directoryOf(path);
    const ending = suffixes[directory].length;
    const text = path.slice(directory.length + 1, -ending);
    const [tag, set, proxyvm] = [
        parseTagName(text),
        parseSetName(text),
        parseQubeName(text),
    ];
    return {
        tags:
            directory === 'tags' && tag.ok
                ? new Map(tags).set(tag.value, content)
                : tags,
        sets:
            directory === 'sets' && set.ok
                ? new Map(sets).set(set.value, content)
                : sets,
        proxies:
            directory === 'proxies' && proxyvm.ok
                ? new Map(proxies).set(proxyvm.value, content)
                : proxies,
    };
}

function entryWith<Name>(pathOf: (name: Name) => string) {
    return ([name, content]: [Name, FileContent]): [string, FileContent] => [
        pathOf(name),
        content,
    ];
}
