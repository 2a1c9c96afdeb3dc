import { noRules, type QubeRules, rulesOf } from '../core/effective-rules.ts';
import { type Qube, ruleOwnerName } from '../core/qube.ts';
import { isForeign, noFile } from '../core/rule-files.ts';
import type { View } from '../view.ts';

/**
 * The rules of a qube, as far as they are its own: what an earlier qube of
 * that name might reach is of no use to it.
 */
export function knownRules(view: View, qube: Qube): QubeRules {
    const owner = ruleOwnerName(qube);
    const found = view.files.get(owner) ?? noFile;
    const file = isForeign(found, owner, view.system) ? noFile : found;
    const files = new Map(view.files).set(owner, file);
    return rulesOf({ ...view, files }, qube) ?? noRules;
}
