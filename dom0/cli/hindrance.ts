import type { QubeRules } from '../core/effective-rules.ts';
import { type Qube, ruleOwnerName } from '../core/qube.ts';
import { isForeign, noFile } from '../core/rule-files.ts';
import { holder, holdOn } from '../core/stopped.ts';
import type { View } from '../view.ts';
import type { Explanation } from './format/explanation.ts';
import { explainHeld } from './format/held.ts';
import { explainForeignFile } from './format/unserved.ts';

/** Why the rules are not what decides now. */
export function hindranceOf(
    qube: Qube,
    rules: QubeRules,
    { system, stopped, files }: View,
): Explanation | null {
    const owner = ruleOwnerName(qube);
    const file = files.get(owner) ?? noFile;
    const held = holdOn(stopped, qube, system);
    if (held !== null) {
        const { what, todo } = explainHeld(held, holder(qube, held));
        return { what: `${what}, so all is refused`, todo };
    }
    if (isForeign(file, owner, system)) {
        const { what, todo } = explainForeignFile(owner);
        return { what: `all is refused: ${what}`, todo };
    }
    return rules.ok
        ? null
        : {
              what:
                  'it cannot be told: its rules have an error, so what ' +
                  'was in force before still is',
              todo: [],
          };
}
