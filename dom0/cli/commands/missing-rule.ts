// A rule that `remove` does not find in the qube's own file: what there is
// instead, or where else it stands.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { narrow, readBlocked } from '../../../shared/pattern/index.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { PlacedRule } from '../../core/decide.ts';
import type { Default } from '../../core/default.ts';
import type { QubeRules } from '../../core/effective-rules.ts';
import { placedRules } from '../../core/matching-rules.ts';
import {
    includesIn,
    type RuleFile,
    type StoredRule,
} from '../../core/rule-file.ts';
import { howToTakeBack } from '../format/against.ts';
import type { EndingContext } from '../format/ending.ts';
import { describeRulePlace } from '../format/place.ts';
import { formatFirstRules } from '../format/rules.ts';
import { nothingChanged } from '../output.ts';

export type DescribeMiss = (file: RuleFile, untrusted_word: string) => string;

/** How many places are named: with more the first ones are enough. */
const mostPlaces = 5;

/** By its text, or by what `allow` or `deny` would make of that. */
export function namedIn(
    rules: readonly StoredRule[],
    standard: Default,
    untrusted_word: string,
): StoredRule[] {
    const exact = withExpression(rules, untrusted_word);
    const read = standard === 'allow' ? readBlocked : narrow;
    const narrowed = read(untrusted_word);
    return exact.length === 0 && narrowed.ok
        ? withExpression(rules, narrowed.value.stored)
        : exact;
}

function withExpression(
    rules: readonly StoredRule[],
    expression: string,
): StoredRule[] {
    return rules.filter((rule) => rule.expression === expression);
}

/** Of an owner of a file, and all rules that hold for who uses it. */
export function missIn(
    owner: QubeName,
    rules: QubeRules,
    context: EndingContext,
): DescribeMiss {
    return (file, untrusted_word) => {
        const others = rules.ok
            ? placedRules(rules.value).filter(
                  ({ file: path, rule }) =>
                      path !== ruleFilePath(owner) &&
                      namedIn([rule], rules.value.default, untrusted_word)
                          .length > 0,
              )
            : [];
        return others.length === 0
            ? describeMiss(owner, file, untrusted_word, context)
            : describeElsewhere(owner, others, untrusted_word);
    };
}

function describeElsewhere(
    owner: QubeName,
    others: readonly PlacedRule[],
    untrusted_word: string,
): string {
    const [first] = others;
    const shown = toPrintable(untrusted_word, 120);
    return nothingChanged(
        `${owner} has the rule '${shown}' from another file than its own`,
        [
            ...others
                .slice(0, mostPlaces)
                .map((rule) => describeRulePlace(rule)),
            ...(first === undefined ? [] : [howToTakeBack(owner, first)]),
        ],
    );
}

function describeMiss(
    owner: QubeName,
    file: RuleFile,
    untrusted_word: string,
    context: EndingContext,
): string {
    const shown = toPrintable(untrusted_word, 120);
    const { rules } = file;
    if (includesIn(file).length > 0 && rules.length === 0) {
        return nothingChanged(`${owner} has no rules but by what it includes`, [
            `to see them: qvm-filterproxy list ${owner} --effective`,
            `to take an !include out: qvm-filterproxy edit ${owner}`,
        ]);
    }
    return rules.length === 0
        ? nothingChanged(`${owner} has no rules`)
        : [
              `nothing was changed: ${owner} has no rule '${shown}', but ` +
                  'these:',
              ...formatFirstRules(
                  rules,
                  `qvm-filterproxy list ${owner}`,
                  context,
              ),
          ].join('\n');
}
