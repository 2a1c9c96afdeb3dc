// Where rules come from besides a qube's own file, and whom sets and tags
// concern.

import type { QubeName } from '../../shared/domain/qube-name.ts';
import { rulesFrom } from './concerning-files.ts';
import { ruleFilePath, setFilePath, tagFilePath } from './config-file.ts';
import { type AllFiles, allRules, type Includable } from './effective-rules.ts';
import { includesIn, type RuleFile } from './rule-file.ts';
import type { SetName, TagName } from './set-name.ts';
import { byPath, type FileContent } from './shared-files.ts';

/** A set that a file includes. */
export interface IncludedSet {
    readonly set: SetName;
    /** Where it is included, counted from 1. */
    readonly line: number;
    /** With all that it includes itself; null if that has an error. */
    readonly rules: number | null;
}

/** A tag with a file. */
export interface TagFile {
    readonly tag: TagName;
    /** With all that it includes; null if that has an error. */
    readonly rules: number | null;
    readonly qubes: readonly QubeName[];
}

/** A set, and the files that include it themselves. */
export interface SetFile {
    readonly set: SetName;
    readonly rules: number | null;
    readonly usedBy: readonly string[];
}

export function includedSets(all: Includable, file: RuleFile): IncludedSet[] {
    return includesIn(file).map((each) => ({
        ...each,
        rules: countSet(all, each),
    }));
}

export function tagFiles(all: AllFiles): TagFile[] {
    return [...all.shared.tags].map(([tag, content]) => ({
        tag,
        rules: countIn(all, tagFilePath(tag), content),
        qubes: [...(all.tagged.get(tag) ?? [])].sort(),
    }));
}

export function setFiles(all: AllFiles): SetFile[] {
    const { files, shared } = all;
    const users = new Map<SetName, string[]>();
    const contents = [
        ...[...files].map(
            ([name, { content }]) => [ruleFilePath(name), content] as const,
        ),
        ...byPath(shared),
    ];
    for (const [path, content] of contents) {
        const sets = content.ok ? includedSets(all, content.value) : [];
        for (const set of new Set(sets.map((each) => each.set))) {
            users.set(set, [...(users.get(set) ?? []), path]);
        }
    }
    return [...shared.sets].map(([set, content]) => ({
        set,
        rules: countIn(all, setFilePath(set), content),
        usedBy: users.get(set) ?? [],
    }));
}

function countSet(
    all: Includable,
    { set }: { readonly set: SetName },
): number | null {
    const content = all.shared.sets.get(set);
    return content === undefined
        ? null
        : countIn(all, setFilePath(set), content);
}

function countIn(
    all: Includable,
    path: string,
    content: FileContent,
): number | null {
    const rules = rulesFrom(all, path, content);
    return rules.ok ? allRules(rules.value).length : null;
}
