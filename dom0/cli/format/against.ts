// Which rules stand against what `deny` or `allow` was to do, and what to do.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { directoryOf } from '../../core/config-file.ts';
import type { PlacedRule } from '../../core/decide.ts';
import type { Overlap } from '../../core/overlap.ts';
import { withDetails } from '../output.ts';
import { nameRule } from './check.ts';
import { describeRulePlace } from './place.ts';
import { ruleJson } from './rules.ts';

export interface Against {
    readonly typed: string;
    /** A name that no block list lets through. */
    readonly isOdd: boolean;
    readonly rules: readonly Overlap[];
}

/** How many rules are named: with more the first ones are enough. */
const mostRules = 5;

/** That it is so already, or each rule that stands against it. */
export function describeAgainst(
    command: 'allow' | 'deny',
    owner: QubeName,
    { typed, isOdd, rules }: Against,
): string[] {
    const shown = toPrintable(typed, 255);
    if (isOdd) {
        return [
            `${owner}: ${shown} is refused: a block list lets plain host ` +
                'names through only',
        ];
    }
    if (rules.length === 0) {
        return [
            command === 'deny'
                ? `${owner}: ${shown} is refused already, no rule matches it`
                : `${owner}: ${shown} is allowed already, no rule of the ` +
                  'block list matches it',
        ];
    }
    const rest = rules.length - mostRules;
    return [
        ...rules
            .slice(0, mostRules)
            .flatMap((rule) => describeOne(command, owner, typed, rule)),
        ...(rest > 0 ? [`${owner}: and by ${rest} more rules`] : []),
    ];
}

function describeOne(
    command: 'allow' | 'deny',
    owner: QubeName,
    typed: string,
    rule: Overlap,
): string[] {
    const isSame = rule.host === typed.toLowerCase();
    const of = isSame ? '' : ` of ${toPrintable(typed, 255)}`;
    const [state, does] =
        command === 'deny'
            ? ['allowed', 'lets through']
            : ['refused', 'refuses'];
    const besides =
        rule.besides === null
            ? []
            : [
                  `it ${does} "${rule.besides}" too; where that is meant add a ` +
                      'rule for it first',
              ];
    return withDetails(
        `${owner}: ${rule.host}${of} is ${state} by ${nameRule(rule)}`,
        [describeRulePlace(rule), howToTakeBack(owner, rule), ...besides],
    );
}

/** `remove` knows the rules of the qube's own file. */
export function howToTakeBack(
    owner: QubeName,
    { file, number }: PlacedRule,
): string {
    return directoryOf(file) === 'qubes'
        ? `to take the rule back: qvm-filterproxy remove ${owner} ${number}`
        : 'to take the rule back delete that line; it concerns all that have it';
}

/** The same for programs. */
export function againstJson({ typed, isOdd, rules }: Against) {
    return {
        typed: toPrintable(typed),
        plain: !isOdd,
        rules: rules.map(({ rule, file, via, number, host, besides }) => ({
            number,
            file,
            via,
            ...ruleJson(rule),
            host,
            besides,
        })),
    };
}
