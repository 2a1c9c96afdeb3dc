import { setsOfBlockLists } from '../core/block-sets.ts';
import { ruleFilePath, setFilePath } from '../core/config-file.ts';
import { contentsIn } from '../core/contents.ts';
import { defaultIn } from '../core/default.ts';
import { rulesOf } from '../core/effective-rules.ts';
import type { FileProblem } from '../core/file-problem.ts';
import { looseRules, orphans } from '../core/notices.ts';
import { byPath } from '../core/shared-files.ts';
import type { View } from '../view.ts';

/** What deserves a look, though nothing fails for it. */
export function noticesIn({
    files,
    shared,
    system,
    ignored,
}: View): FileProblem[] {
    return [
        ...ignored,
        ...orphans(files, system),
        ...[...files].flatMap(([name, { content }]) =>
            system.has(name) ? looseRules(ruleFilePath(name), content) : [],
        ),
        ...looseShared({ files, shared }),
    ];
}

/** Rules of tags and sets that deserve a look. */
export function looseShared({
    files,
    shared,
}: Pick<View, 'files' | 'shared'>): FileProblem[] {
    const sets = setsOfBlockLists({ files, shared });
    const ofBlockLists = new Set([...sets].map(setFilePath));
    return byPath(shared).flatMap(([path, content]) =>
        looseRules(
            path,
            content,
            ofBlockLists.has(path) ? 'allow' : defaultIn(content),
        ),
    );
}

/** All that is wrong with rule files, and with what they make together. */
export function problemsIn(
    view: Pick<
        View,
        'files' | 'shared' | 'tagged' | 'moment' | 'system' | 'strays'
    >,
): FileProblem[] {
    const ofFiles = contentsIn(view).flatMap(([, content]) =>
        content.ok ? [] : content.error,
    );
    const ofQubes = [...view.system.values()].flatMap((qube) => {
        const rules = rulesOf(view, qube);
        return rules === null || rules.ok ? [] : rules.error;
    });
    return distinct([...view.strays, ...ofFiles, ...ofQubes]);
}

/** What is wrong with a set is wrong for all that include it. */
function distinct(problems: readonly FileProblem[]): FileProblem[] {
    const byPlace = new Map(
        problems.map((problem) => [
            `${problem.file}:${problem.line}:${problem.message}`,
            problem,
        ]),
    );
    return [...byPlace.values()];
}

/** What is in all rule files that can be read, by their paths. */
export function textsIn(view: View): Map<string, string> {
    return new Map(
        contentsIn(view).flatMap(([path, content]) =>
            content.ok ? [[path, content.value.text] as const] : [],
        ),
    );
}
