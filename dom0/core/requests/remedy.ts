// What the rules of now say of a host that was refused, as `check` says it, and
// what would let it through.

import {
    addressIn,
    domainOfRule,
    type NarrowedPattern,
    narrow,
} from '../../../shared/pattern/index.ts';
import { addressOf, whyClosed } from '../closed-way.ts';
import { decider } from '../decide.ts';
import type { EffectiveRules } from '../effective-rules.ts';
import { parseTarget, type Target } from '../target.ts';
import { isUnreachable } from '../unreachable.ts';
import type { RefusedHost } from './requested-host.ts';

export type Remedy =
    /** The rules allow it by now. */
    | { readonly kind: 'none-needed' }
    | { readonly kind: 'rule'; readonly rule: NarrowedPattern }
    /** Its port is to be opened by a setting. */
    | { readonly kind: 'port' }
    /** The address is a private one, to be opened by a setting. */
    | { readonly kind: 'address'; readonly todo: string }
    /** The rules are a block list, and refuse it. */
    | { readonly kind: 'block-list' }
    /** No rule can name it. */
    | { readonly kind: 'none' }
    /** The rules are not what decides now. */
    | { readonly kind: 'unknown' };

type Asked = Pick<RefusedHost, 'host' | 'port' | 'reason'>;

/** What `check` is to be asked for it; null if that cannot be typed. */
export function textToCheck(asked: Asked): string | null {
    return question(asked)?.text ?? null;
}

/** A port that was refused is one of a tunnel. */
function question({
    host,
    port,
    reason,
}: Asked): { text: string; target: Target } | null {
    const name = host.includes(':') ? `[${host}]` : host;
    const text = port === null ? name : `${name}:${port}`;
    const texts = reason === 'port' ? [`https://${text}/`, text] : [text];
    for (const each of texts) {
        const target = parseTarget(each);
        const isSame =
            target.ok &&
            target.value.host === host &&
            target.value.port === port;
        if (isSame) {
            return { text: each, target: target.value };
        }
    }
    return null;
}

/**
 * What would let hosts through, if the rules are those in force. `openAddress`
 * says how a private address is opened.
 */
export function remedies(
    rules: EffectiveRules,
    openAddress: string,
): (asked: Asked) => Remedy {
    const closedAddress = { kind: 'address', todo: openAddress } as const;
    const decide = decider(rules);
    return (asked) => {
        const asks = question(asked);
        if (asks === null) {
            return { kind: 'none' };
        }
        const { target } = asks;
        if (decide(target).refused === null) {
            return { kind: 'none-needed' };
        }
        switch (asked.reason) {
            case 'port':
                return { kind: 'port' };
            case 'destination':
                return isPrivate(asked.host) ? closedAddress : { kind: 'port' };
            case 'filter':
                return remedyForName(rules, target, closedAddress);
        }
    };
}

function isPrivate(host: string): boolean {
    const address = addressOf(host);
    return address !== null && isUnreachable(address);
}

function remedyForName(
    rules: EffectiveRules,
    target: Target,
    closedAddress: Remedy,
): Remedy {
    if (rules.default === 'allow') {
        return { kind: 'block-list' };
    }
    const rule = safeRuleFor(target.host);
    if (rule === null) {
        return { kind: 'none' };
    }
    switch (whyClosed(target, rules.settings)?.kind) {
        case undefined:
            return { kind: 'rule', rule };
        case 'address':
            return closedAddress;
        default:
            return { kind: 'port' };
    }
}

/** The rule that lets exactly that host through, read as if it was typed. */
export function safeRuleFor(host: string): NarrowedPattern | null {
    const narrowed = narrow(host);
    if (!narrowed.ok) {
        return null;
    }
    const { stored } = narrowed.value;
    const named = domainOfRule(stored);
    const isExact =
        addressIn(stored) === host ||
        (named?.kind === 'exact' && named.domain === host);
    return isExact ? narrowed.value : null;
}
