// What the proxy of a qube makes of a request, by its rules and settings.
import {
    findOddity,
    matches,
    type Oddity,
} from '../../shared/pattern/index.ts';
import { type NextProxy, nextProxy } from '../../shared/protocol/route.ts';
import { type ClosedWay, whyClosed } from './closed-way.ts';
import type { Default } from './default.ts';
import type { EffectiveRules, Place } from './effective-rules.ts';
import type { StoredRule } from './rule-file.ts';
import type { Target } from './target.ts';

/** A rule, and where it stands. */
export interface PlacedRule {
    readonly rule: StoredRule;
    readonly file: string;
    /** The lines that include its file, the outermost first. */
    readonly via: readonly Place[];
    /** As `list` counts in its file, from 1. */
    readonly number: number;
}

/** Why a request is refused, whatever else speaks against it. */
export type Refused =
    | { readonly kind: 'scheme' }
    | { readonly kind: 'no-rule' }
    /** On a block list: one of its rules, or what its name looks like. */
    | { readonly kind: 'blocked' }
    | { readonly kind: 'odd-name'; readonly oddity: Oddity }
    | ClosedWay;

export interface Decision {
    /** With `allow` the rules are a block list. */
    readonly default: Default;
    /** All rules that match the host; any one of them decides. */
    readonly matching: readonly PlacedRule[];
    /** The next proxy that it would go through; null for none. */
    readonly upstream: NextProxy | null;
    /** Null if it is allowed. */
    readonly refused: Refused | null;
}

/**
 * What goes through the proxy. All but plain HTTP is a tunnel; browsers ask
 * for one for web sockets too (RFC 6455, 4.1).
 */
const schemes: readonly (string | null)[] = [
    null,
    'http',
    'https',
    'ws',
    'wss',
];

export function decide(rules: EffectiveRules, target: Target): Decision {
    const { default: byDefault, files, settings } = rules;
    const matching = files.flatMap(({ file, via, rules: own, over }) =>
        own
            .map((rule, index) => ({ rule, file, via, number: index + 1 }))
            .filter(
                ({ rule }) =>
                    !over.has(rule) && matches(rule.confined, target.host),
            ),
    );
    const isMatched = matching.length > 0;
    const upstream = nextProxy(settings.upstreams, target.host);
    const refused = whyRefused(rules, isMatched, target);
    return { default: byDefault, matching, upstream, refused };
}

function whyRefused(
    { default: byDefault, settings }: EffectiveRules,
    isMatched: boolean,
    target: Target,
): Refused | null {
    const { host, scheme } = target;
    if (!schemes.includes(scheme)) {
        return { kind: 'scheme' };
    }
    const byName =
        byDefault === 'allow'
            ? whyBlocked(isMatched, host)
            : whyNotAllowed(isMatched);
    return byName ?? whyClosed(target, settings);
}

function whyNotAllowed(isMatched: boolean): Refused | null {
    return isMatched ? null : { kind: 'no-rule' };
}

/** As the agent renders a block list, see shared/pattern/plain-name.ts. */
function whyBlocked(isMatched: boolean, host: string): Refused | null {
    const oddity = findOddity(host);
    if (oddity !== null) {
        return { kind: 'odd-name', oddity };
    }
    return isMatched ? { kind: 'blocked' } : null;
}
