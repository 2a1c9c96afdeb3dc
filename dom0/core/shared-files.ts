// The files that are no single qube's: of tags, of sets, and of ProxyVMs.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Result } from '../../shared/result.ts';
import { proxyFilePath, setFilePath, tagFilePath } from './config-file.ts';
import type { FileProblem } from './file-problem.ts';
import type { RuleFile } from './rule-file.ts';
import type { SetName, TagName } from './set-name.ts';

/** A file as it is, or all that is wrong with it. */
export type FileContent = Result<RuleFile, readonly FileProblem[]>;

export interface SharedFiles {
    readonly tags: ReadonlyMap<TagName, FileContent>;
    readonly sets: ReadonlyMap<SetName, FileContent>;
    readonly proxies: ReadonlyMap<QubeName, FileContent>;
}

export const noSharedFiles: SharedFiles = {
    tags: new Map(),
    sets: new Map(),
    proxies: new Map(),
};

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

function entryWith<Name>(pathOf: (name: Name) => string) {
    return ([name, content]: [Name, FileContent]): [string, FileContent] => [
        pathOf(name),
        content,
    ];
}
