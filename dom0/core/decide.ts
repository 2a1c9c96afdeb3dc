// What the proxy of a qube makes of a request, by its rules and settings.
import {
    accepts,
    findOddity,
    lineAutomaton,
    type Oddity,
    plainNameLine,
} from '../../shared/pattern/index.ts';
import { type NextProxy, nextProxy } from '../../shared/protocol/route.ts';
import {
    type ClosedWay,
    type OpenAt,
    whereOpen,
    whyClosed,
} from './closed-way.ts';
import type { Default } from './default.ts';
import type { EffectiveRules } from './effective-rules.ts';
import { matchingRules, type PlacedRule } from './matching-rules.ts';
import type { Target } from './target.ts';

export type { PlacedRule } from './matching-rules.ts';

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
    /** No rule matches it, and all is let through while the qube learns. */
    readonly isLearning: boolean;
    /** Null if it is allowed. */
    readonly refused: Refused | null;
    /** If it is allowed: which addresses its host may lead to. */
    readonly openAt: OpenAt;
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

/** What becomes of each target, by the same rules. */
export function decider(rules: EffectiveRules): (target: Target) => Decision {
    const { default: byDefault, settings, learnsUntil } = rules;
    const matchingOf = matchingRules(rules);
    const learning = learnsUntil === null ? null : lineAutomaton(plainNameLine);
    return (target) => {
        const matching = matchingOf(target.host);
        const isLearning =
            matching.length === 0 &&
            learning !== null &&
            accepts(learning, target.host);
        const isMatched = matching.length > 0 || isLearning;
        const upstream = nextProxy(settings.upstreams, target.host);
        const refused = whyRefused(rules, isMatched, target);
        const openAt = whereOpen(target, settings);
        return {
            default: byDefault,
            matching,
            upstream,
            isLearning,
            refused,
            openAt,
        };
    };
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
