// What deserves a look in rule files, though it is no error.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { describeLooseness } from '../../shared/pattern/index.ts';
import { type FileProblem, wholeFile } from './file-problem.ts';
import type { System } from './qube.ts';
import { ruleFilePath } from './rule-file.ts';
import { hasRules, type KnownFile, type RuleFiles } from './rule-files.ts';

/** Rules that let through what their author hardly means. */
export function looseRules(name: QubeName, { content }: KnownFile) {
    const rules = content.ok ? content.value.rules : [];
    return rules.flatMap(({ expression, line }): FileProblem[] => {
        const message = describeLooseness(expression);
        return message === null
            ? []
            : [{ ...wholeFile(ruleFilePath(name), message), line }];
    });
}

/** Rule files of no qube. */
export function orphans(files: RuleFiles, system: System): FileProblem[] {
    return [...files]
        .filter(([name, file]) => !system.has(name) && hasRules(file))
        .map(([name]) =>
            wholeFile(
                ruleFilePath(name),
                `not in force: there is no qube '${name}'`,
            ),
        );
}
