import type { FileProblem } from '../core/file-problem.ts';
import { looseRules, orphans } from '../core/notices.ts';
import type { View } from '../view.ts';

/** What deserves a look, though nothing fails for it. */
export function noticesIn({ files, system, ignored }: View): FileProblem[] {
    return [
        ...ignored,
        ...orphans(files, system),
        ...[...files].flatMap(([name, file]) =>
            system.has(name) ? looseRules(name, file) : [],
        ),
    ];
}

/** All that is wrong with rule files. */
export function problemsIn({ files, strays }: View): FileProblem[] {
    const problems = [...files.values()].flatMap(({ content }) =>
        content.ok ? [] : content.error,
    );
    return [...strays, ...problems];
}
