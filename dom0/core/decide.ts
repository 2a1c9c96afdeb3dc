// What the proxy of a qube makes of a request, by the rules alone.
import {
    type Ip4,
    type Ip6,
    parseIp4,
    parseIp6,
} from '../../shared/domain/address.ts';
import { matches } from '../../shared/pattern/index.ts';
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
    | { readonly kind: 'port'; readonly open: readonly number[] }
    | { readonly kind: 'address'; readonly address: Ip4 | Ip6 };

export interface Decision {
    /** All rules that match the host; any one of them lets it through. */
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

export function decide({ files }: EffectiveRules, target: Target): Decision {
    const matching = files.flatMap(({ file, via, rules }) =>
        rules
            .map((rule, index) => ({ rule, file, via, number: index + 1 }))
            .filter(({ rule }) => matches(rule.confined, target.host)),
    );
    return { matching, refused: whyRefused(matching, target) };
}

function whyRefused(
    matching: readonly PlacedRule[],
    { host, scheme, port }: Target,
): Refused | null {
    const open = openPorts.get(scheme);
    if (open === undefined) {
        return { kind: 'scheme' };
    }
    if (matching.length === 0) {
        return { kind: 'no-rule' };
    }
    if (port !== null && !open.includes(port)) {
        return { kind: 'port', open };
    }
    const address = addressOf(host);
    return address !== null && isUnreachable(address)
        ? { kind: 'address', address }
        : null;
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
