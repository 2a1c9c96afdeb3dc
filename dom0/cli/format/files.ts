import type { FileProblem } from '../../core/file-problem.ts';
import type { View } from '../../view.ts';

/** All that is wrong with rule files. */
export function problemsIn({ files, strays }: View): FileProblem[] {
    const problems = [...files.values()].flatMap(({ content }) =>
        content.ok ? [] : content.error,
    );
    return [...strays, ...problems];
}
