// What is set aside, in columns.

import { type RemovedFile, removedPath } from '../../core/removed.ts';
import type { KnownFile } from '../../core/rule-files.ts';
import type { Found } from '../../find-removed.ts';
import { problemJson } from '../../words/problem.ts';
import { reachOf } from './reach.ts';
import { ruleJson } from './rules.ts';

/** A line for each: whose, since when, how many rules. */
export function formatRemoved(all: readonly Found[]): string[] {
    const width = Math.max(...all.map(({ file }) => file.name.length), 0);
    return all.map(({ file, content }) => {
        const name = file.name.padEnd(width);
        return `${name}  ${file.date}  ${describeContent(content)}`;
    });
}

/** What became of the file of an earlier qube, so that a new one has its own. */
export function formatSetAside(
    file: RemovedFile | null,
    isTrial: boolean,
): string[] {
    if (file === null) {
        return [];
    }
    const { name } = file;
    const what = isTrial ? 'would be set aside' : 'was set aside';
    return [
        `${name}: the rule file of an earlier qube of that name ${what}; to ` +
            'bring it back, once it has no other rules: qvm-filterproxy ' +
            `restore ${name}`,
    ];
}

function describeContent(content: KnownFile['content']): string {
    return content.ok ? reachOf(content) : 'has errors';
}

/** One for programs. */
export function removedJson({ file, content }: Found) {
    return {
        ...removedFileJson(file),
        rules: content.ok ? content.value.rules.map(ruleJson) : [],
        problems: content.ok ? [] : content.error.map(problemJson),
    };
}

export function removedFileJson(file: RemovedFile) {
    const { name, uuid, date } = file;
    return { qube: name, uuid, date, file: removedPath(file) };
}
