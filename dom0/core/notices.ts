// What deserves a look in rule files, though it is no error.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import {
    describeBlockExcess,
    describeLooseness,
} from '../../shared/pattern/index.ts';
import { ruleFilePath } from './config-file.ts';
import { defaultIn } from './default.ts';
import { atLine, type FileProblem, wholeFile } from './file-problem.ts';
import type { System } from './qube.ts';
import { hasRules, type KnownFile, type RuleFiles } from './rule-files.ts';
import type { FileContent } from './shared-files.ts';

/**
 * Rules that match what their author hardly means; in a block list also those
 * that do not match what he does.
 */
export function looseRules(
    path: string,
    content: FileContent,
    byDefault = defaultIn(content),
): FileProblem[] {
    const describe =
        byDefault === 'deny' ? describeLooseness : describeBlockExcess;
    const rules = content.ok ? content.value.rules : [];
    return rules.flatMap(({ expression, line }): FileProblem[] => {
        const message = describe(expression);
        return message === null ? [] : [atLine(path, line, message)];
    });
}

/** Rule files of no qube. */
export function orphans(files: RuleFiles, system: System): FileProblem[] {
    return [...files]
        .filter(([name, file]) => !system.has(name) && hasRules(file))
        .map(([name, file]) => orphan(name, file));
}

/** Of a removed qube, or for one to come. */
export function orphan(name: QubeName, { owner }: KnownFile): FileProblem {
    const todo =
        owner === null
            ? ''
            : ' any more; to give it to another: qvm-filterproxy restore ' +
              `QUBE --from ${name}`;
    const message = `not in force: there is no qube '${name}'${todo}`;
    return wholeFile(ruleFilePath(name), message);
}
