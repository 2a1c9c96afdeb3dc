import type { Result } from '../shared/result.ts';
import { err } from '../shared/result.ts';
import { ruleFilePath } from './core/config-file.ts';
import { rulesOf } from './core/effective-rules.ts';
import type { FileProblem } from './core/file-problem.ts';
import type { Qube } from './core/qube.ts';
import { parseRuleFile, type RuleFile } from './core/rule-file.ts';
import type { Deps } from './deps.ts';
import { readMoment } from './read-moment.ts';

/**
 * A text as a qube's rule file, or all that is wrong with it, also together
 * with the files of its tags and the sets as they are now; not what is wrong
 * with those. `place` is where the text is now.
 */
export async function checkText(
    deps: Deps,
    owner: Qube,
    untrusted_bytes: Uint8Array,
    place?: string,
): Promise<Result<RuleFile, readonly FileProblem[]>> {
    const path = ruleFilePath(owner.name);
    const content = parseRuleFile(path, untrusted_bytes, place);
    if (!content.ok) {
        return content;
    }
    const { shared } = await deps.rules.readAll();
    const files = new Map([[owner.name, { content, owner: owner.uuid }]]);
    const tagged = await deps.inventory.tagged([...shared.tags.keys()]);
    const { moment } = await readMoment(deps, { files, shared });
    const rules = rulesOf({ files, shared, tagged, moment }, owner);
    const problems = rules === null || rules.ok ? [] : rules.error;
    const own = problems.filter(({ file }) => file === path);
    return own.length > 0 ? err(own) : content;
}
