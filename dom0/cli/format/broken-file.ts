// Which of the files that concern a qube has an error, and how to see it.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import { shownConfig } from '../../paths.ts';

/** `its rule file has an error`, or another file by its path. */
export function describeBrokenFile(
    problems: readonly FileProblem[],
    owner: QubeName,
): string {
    const own = ruleFilePath(owner);
    const [first] = problems;
    return first === undefined || problems.some(({ file }) => file === own)
        ? 'its rule file has an error'
        : `${toPrintable(`${shownConfig}/${first.file}`)} has an error`;
}

/** All files that concern the qube are looked at, its ProxyVM's too. */
export function seeErrors(qube: QubeName): string {
    return `to see it: qvm-filterproxy lint ${qube}`;
}
