// What lint finds in the lines that include sets, and in sets and tags that
// nobody uses.

import { shownConfig } from '../../paths.ts';
import { filesFrom, rulesFrom } from '../concerning-files.ts';
import { setFilePath, tagFilePath } from '../config-file.ts';
import {
    type AllFiles,
    allRules,
    type FileRead,
    type Includable,
} from '../effective-rules.ts';
import { atLine, wholeFile } from '../file-problem.ts';
import { hasRules } from '../rule-files.ts';
import type { SetName } from '../set-name.ts';
import { type Finding, finding } from './finding.ts';

/** Of the lines of one file that include sets. */
export function lintIncludes(
    all: Includable,
    { file, content }: FileRead,
): Finding[] {
    const seen = new Map<SetName, number>();
    const directives = content.ok ? content.value.directives : [];
    return directives.flatMap(({ directive, line }): Finding[] => {
        if (directive.kind !== 'include') {
            return [];
        }
        const { set } = directive;
        const first = seen.get(set);
        if (first !== undefined) {
            const text = `!include ${set}`;
            const message = `${text} stands twice`;
            const by = { file, line: first, via: [], text };
            const problem = atLine(file, line, message);
            return [finding('equal', problem, { by, fix: { kind: 'remove' } })];
        }
        seen.set(set, line);
        const message = `there are no rules in the set ${set}`;
        const problem = atLine(file, line, message);
        return isEmptySet(all, set)
            ? [finding('empty-include', problem, { fix: { kind: 'remove' } })]
            : [];
    });
}

/** One that is not there, or that includes itself, is an error already. */
function isEmptySet(all: Includable, set: SetName): boolean {
    const content = all.shared.sets.get(set);
    const rules = content && rulesFrom(all, setFilePath(set), content);
    return rules?.ok === true && allRules(rules.value).length === 0;
}

/** Tags that no qube has. */
export function unusedTags({ shared, tagged }: AllFiles): Finding[] {
    return [...shared.tags]
        .filter(([tag]) => (tagged.get(tag)?.size ?? 0) === 0)
        .filter(([, content]) => hasRules({ content }))
        .map(([tag]) => {
            const path = tagFilePath(tag);
            return unused(path, `no qube has the tag ${tag}`, [
                `to give it to one: qvm-tags QUBE add ${tag}`,
                removeFile(path),
            ]);
        });
}

/**
 * Sets that no file of a qube or a tag includes, directly or not. None as long
 * as a file cannot be read: it may include them.
 */
export function unusedSets(all: AllFiles): Finding[] {
    const { files, shared } = all;
    const contents = [
        ...[...files.values()].map(({ content }) => content),
        ...shared.tags.values(),
    ];
    const isReadable = [...contents, ...shared.sets.values()].every(
        ({ ok }) => ok,
    );
    const used = new Set(
        contents.flatMap((content) =>
            filesFrom(all, '', content).map(({ file }) => file),
        ),
    );
    return [...shared.sets.keys()]
        .map(setFilePath)
        .filter((path) => isReadable && !used.has(path))
        .map((path) =>
            unused(path, 'no file of a qube or a tag includes this set', [
                removeFile(path),
            ]),
        );
}

function unused(path: string, message: string, todo: string[]): Finding {
    return finding('unused', wholeFile(path, message), {
        fix: { kind: 'advice', todo },
    });
}

function removeFile(path: string): string {
    return `to remove the file: rm ${shownConfig}/${path}`;
}
