// The answer of `check`, in a sentence for each host.

import { toPrintable } from '../../../shared/printable.ts';
import { directoryOf } from '../../core/config-file.ts';
import type { Decision, PlacedRule } from '../../core/decide.ts';
import { whyUnresolvable, withPort } from '../../core/odd-host.ts';
import type { Target } from '../../core/target.ts';
import type { EndingContext } from './ending.ts';
import { hostAndPort } from './host-and-port.ts';
import { describeOddity, oddCharacter } from './oddity.ts';
import { describeRulePlace } from './place.ts';
import { nameUpstream } from './settings.ts';

export interface Checked {
    readonly untrusted_typed: string;
    readonly target: Target;
    readonly decision: Decision;
    /** Rules that match it as well, and do not hold any more. */
    readonly over: readonly PlacedRule[];
    /** Other ways to write the host, and the rules that would match then. */
    readonly others: readonly {
        readonly host: string;
        readonly matching: readonly PlacedRule[];
    }[];
    /** What the ends of rules are told by. */
    readonly context: EndingContext;
}

/** What the proxy makes of it. */
export function describeDecision({ target, decision, over }: Checked): string {
    const { matching, refused } = decision;
    const host = toPrintable(target.host, 255);
    const what = hostAndPort({ host, port: target.port });
    switch (refused?.kind) {
        case undefined:
            return `${what} is allowed${describeWay(decision)}${byWhat(decision)}`;
        case 'scheme':
            return (
                `${what} is refused: only http and https go through the ` +
                `proxy, not ${target.scheme}`
            );
        case 'no-rule':
            return over.length === 0
                ? `${what} is refused, no rule matches it`
                : `${what} is refused, no rule that holds matches it`;
        case 'blocked':
            return `${what} is refused by ${nameRules(matching)}`;
        case 'odd-name':
            return (
                `${what} is refused: ${describeOddity(target, refused.oddity)}, ` +
                'and a block list lets plain host names through only'
            );
        case 'plain-http':
            return (
                `${what} is refused: plain HTTP is closed, only https ` +
                `passes; the host is allowed${byWhat(decision)}`
            );
        case 'port': {
            const { scheme } = target;
            return (
                `${what} is refused: only ` +
                `${namePorts(refused.open)} let through` +
                `${scheme === null ? '' : ` for ${scheme}`}; the host is ` +
                `allowed${byWhat(decision)}`
            );
        }
        case 'address':
            return (
                `${what} is refused: the proxy does not connect to ` +
                `${refused.address}, which is no public address and not ` +
                `opened by !lan; the rules allow it, by ${nameRules(matching)}`
            );
    }
}

/** Why the host alone is not refused. */
function byWhat({
    default: byDefault,
    matching,
    isLearning,
}: Decision): string {
    if (isLearning) {
        return ' while it learns, no rule matches it';
    }
    return byDefault === 'allow'
        ? ', no rule of the block list matches it'
        : ` by ${nameRules(matching)}`;
}

/** Through which next proxy; nothing if there is none. */
function describeWay({ upstream }: Decision): string {
    return upstream === null ? '' : `, through ${nameUpstream(upstream)},`;
}

function namePorts(ports: readonly number[]): string {
    return ports.length === 1
        ? `port ${ports[0]} is`
        : `ports ${ports.join(' and ')} are`;
}

/** How many are named: with more the first ones are enough. */
const mostRules = 5;

function nameRules(rules: readonly PlacedRule[]): string {
    const named = rules.slice(0, mostRules).map(nameRule);
    const rest = rules.length - named.length;
    const more = rest > 0 ? [`${rest} more`] : [];
    return [...named, ...more].join('; and by ');
}

/** By its number if it is of the qube's own file, which `list` prints. */
export function nameRule({ file, number, rule }: PlacedRule): string {
    return directoryOf(file) === 'qubes'
        ? `rule ${number}, ${rule.expression}`
        : rule.expression;
}

/** Where the rules are, and what may not be expected of what was typed. */
export function explainTarget(checked: Checked): string[] {
    const { target, untrusted_typed, decision } = checked;
    const isByScheme = decision.refused?.kind === 'scheme';
    const named = isByScheme ? [] : decision.matching;
    const typed = toPrintable(untrusted_typed, 120);
    const isKnownSoFar = decision.refused === null;
    return [
        ...named
            .slice(0, mostRules)
            .map((rule) => describeRulePlace(rule, checked.context)),
        ...explainOver(checked),
        ...(target.isRewritten
            ? [`that is what programs make of ${typed}`]
            : []),
        ...(isKnownSoFar
            ? [...explainOpenAt(checked), ...explainUnresolvable(target)]
            : explainOdd(checked)),
    ];
}

/** To which address a name leads is not known here. */
function explainOpenAt({ target: { port }, decision }: Checked): string[] {
    switch (decision.openAt) {
        case 'any':
            return [];
        case 'public':
            return [
                'but not where the name leads to an address of a !lan ' +
                    `without port ${port}`,
            ];
        case 'private':
            return [
                `but port ${port} only where the name leads to an address ` +
                    'of a !lan with that port',
            ];
    }
}

/** Told where nothing else decides: a rule that ended is what is looked for. */
function explainOver({ decision, over, context }: Checked): string[] {
    return decision.matching.length > 0
        ? []
        : over
              .slice(0, mostRules)
              .map(
                  (rule) =>
                      `${nameRule(rule)}, does not hold: ` +
                      describeRulePlace(rule, context),
              );
}

function explainUnresolvable({ host }: Target): string[] {
    const why = whyUnresolvable(host);
    return why === null ? [] : [`but no resolver knows it: ${why}`];
}

function explainOdd(checked: Checked): string[] {
    const { target, untrusted_typed, others, decision } = checked;
    const isBlockList = decision.default === 'allow';
    const odd = isBlockList ? undefined : oddCharacter(target.host);
    const fate = isBlockList ? 'refused' : 'allowed';
    const meant = withPort(untrusted_typed);
    return [
        ...(odd === undefined
            ? []
            : [`"${toPrintable(odd)}" is in no host name, so no rule matches`]),
        ...others
            .filter(({ matching }) => matching.length > 0)
            .map(
                ({ host, matching }) =>
                    `written ${host} it is ${fate} by ${nameRules(matching)}`,
            ),
        ...(meant === null
            ? []
            : [`with a port it is written ${toPrintable(meant)}`]),
    ];
}
