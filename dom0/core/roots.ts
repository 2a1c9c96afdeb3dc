// The files that concern a qube by themselves.
import { ruleFilePath, tagFilePath } from './config-file.ts';
import type { AllFiles } from './effective-rules.ts';
import { type Qube, ruleOwnerName } from './qube.ts';
import type { FileContent } from './shared-files.ts';

export interface Root {
    readonly path: string;
    readonly content: FileContent;
}

/** Its own first, then those of its tags in the order of their names. */
export function rootsOf(
    { files, shared, tagged }: AllFiles,
    qube: Qube,
): Root[] {
    const owner = ruleOwnerName(qube);
    const own = files.get(owner);
    const ofTags = [...shared.tags]
        .filter(([tag]) => tagged.get(tag)?.has(qube.name))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([tag, content]) => ({ path: tagFilePath(tag), content }));
    return own === undefined
        ? ofTags
        : [{ path: ruleFilePath(owner), content: own.content }, ...ofTags];
}
