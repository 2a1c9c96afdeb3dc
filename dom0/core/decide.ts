// What the proxy of a qube makes of a request, by the rules alone.
import {
    type Ip4,
    type Ip6,
    parseIp4,
    parseIp6,
} from '../../shared/domain/address.ts';
import {
    findOddity,
    matches,
    type Oddity,
} from '../../shared/pattern/index.ts';
import type { Default } from './default.ts';
import type { EffectiveRules, Place } from './effective-rules.ts';
import type { StoredRule } from './rule-file.ts';
import type { Target } from './target.ts';
import { isUnreachable } from './unreachable.ts';

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
    | { readonly kind: 'port'; readonly open: readonly number[] }
    | { readonly kind: 'address'; readonly address: Ip4 | Ip6 };

export interface Decision {
    /** With `allow` the rules are a block list. */
    readonly default: Default;
    /** All rules that match the host; any one of them decides. */
    readonly matching: readonly PlacedRule[];
    /** Null if it is allowed. */
    readonly refused: Refused | null;
}

/**
 * As desired-state.ts opens them: plain HTTP passes to both, all else is a
 * tunnel. Browsers ask for one for web sockets too (RFC 6455, 4.1).
 */
const openPorts: ReadonlyMap<string | null, readonly number[]> = new Map([
    [null, [80, 443]],
    ['http', [80, 443]],
    ['https', [443]],
    ['ws', [443]],
    ['wss', [443]],
]);

export function decide(rules: EffectiveRules, target: Target): Decision {
    const { default: byDefault, files } = rules;
    const matching = files.flatMap(({ file, via, rules: own, over }) =>
        own
            .map((rule, index) => ({ rule, file, via, number: index + 1 }))
            .filter(
                ({ rule }) =>
                    !over.has(rule) && matches(rule.confined, target.host),
            ),
    );
    const isMatched = matching.length > 0;
    const refused = whyRefused(byDefault, isMatched, target);
    return { default: byDefault, matching, refused };
}

function whyRefused(
    byDefault: Default,
    isMatched: boolean,
    { host, scheme, port }: Target,
): Refused | null {
    const open = openPorts.get(scheme);
    if (open === undefined) {
        return { kind: 'scheme' };
    }
    const byName =
        byDefault === 'allow'
            ? whyBlocked(isMatched, host)
            : whyNotAllowed(isMatched);
    if (byName !== null) {
        return byName;
    }
    if (port !== null && !open.includes(port)) {
        return { kind: 'port', open };
    }
    const address = addressOf(host);
    return address !== null && isUnreachable(address)
        ? { kind: 'address', address }
        : null;
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

/** The address that a resolver reads a host as, in whatever spelling. */
export function addressOf(host: string): Ip4 | Ip6 | null {
    const ip6 = parseIp6(host);
    if (ip6.ok) {
        return ip6.value;
    }
    const url = `http://${host}/`;
    const ip4 = parseIp4(URL.canParse(url) ? new URL(url).hostname : '');
    return ip4.ok ? ip4.value : null;
}
