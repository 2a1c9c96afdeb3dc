// The answer of `check`, in a sentence for each host.
import { toPrintable } from '../../../shared/printable.ts';
import type { Decision, NumberedRule } from '../../core/decide.ts';
import type { Target } from '../../core/target.ts';
import { ruleJson } from './rules.ts';

export interface Checked {
    readonly untrusted_typed: string;
    readonly target: Target;
    readonly decision: Decision;
    /** Rules that would match without the dot at the host's end. */
    readonly withoutDot: readonly NumberedRule[];
}

/** What the proxy makes of it. */
export function describeDecision({ target, decision }: Checked): string {
    const { matching, refused } = decision;
    const what = nameOf(target);
    switch (refused?.kind) {
        case undefined:
            return `${what} is allowed by ${nameRules(matching)}`;
        case 'scheme':
            return (
                `${what} is refused: only http and https go through the ` +
                `proxy, not ${target.scheme}`
            );
        case 'no-rule':
            return `${what} is refused, no rule matches it`;
        case 'port': {
            const { scheme } = target;
            return (
                `${what} is refused: in this version only ` +
                `${namePorts(refused.open)} let through` +
                `${scheme === null ? '' : ` for ${scheme}`}; the host is ` +
                `allowed by ${nameRules(matching)}`
            );
        }
        case 'address':
            return (
                `${what} is refused: the proxy never connects to ` +
                `${refused.address}, which is no public address; the rules ` +
                `allow it, by ${nameRules(matching)}`
            );
    }
}

function namePorts(ports: readonly number[]): string {
    return ports.length === 1
        ? `port ${ports[0]} is`
        : `ports ${ports.join(' and ')} are`;
}

/** `HOST`, or `HOST:PORT` */
function nameOf({ host, port }: Target): string {
    const shown = toPrintable(host, 255);
    const bracketed = host.includes(':') ? `[${shown}]` : shown;
    return port === null ? shown : `${bracketed}:${port}`;
}

/** How many are named: with more the first ones are enough. */
const mostRules = 5;

function nameRules(rules: readonly NumberedRule[]): string {
    const named = rules
        .slice(0, mostRules)
        .map(({ number, rule }) => `rule ${number}, ${rule.expression}`);
    const rest = rules.length - named.length;
    const more = rest > 0 ? [`${rest} more`] : [];
    return [...named, ...more].join('; and by ');
}

/** What a user may not expect of what was typed. */
export function explainTarget(checked: Checked): string[] {
    const { target, untrusted_typed, withoutDot } = checked;
    const odd = /[^A-Za-z0-9._:-]/.exec(target.host)?.[0];
    return [
        ...(target.isRewritten
            ? [
                  `that is what programs make of ` +
                      `${toPrintable(untrusted_typed, 120)}`,
              ]
            : []),
        ...(odd === undefined
            ? []
            : [`"${toPrintable(odd)}" is in no host name, so no rule matches`]),
        ...(withoutDot.length === 0
            ? []
            : [
                  `without the dot at its end it is allowed by ` +
                      `${nameRules(withoutDot)}`,
              ]),
    ];
}

/** The same for programs. */
export function checkedJson({ untrusted_typed, target, decision }: Checked) {
    return {
        typed: toPrintable(untrusted_typed),
        host: toPrintable(target.host),
        port: target.port,
        allowed: decision.refused === null,
        refused: decision.refused?.kind ?? null,
        rules: decision.matching.map(({ number, rule }) => ({
            number,
            ...ruleJson(rule),
        })),
    };
}
