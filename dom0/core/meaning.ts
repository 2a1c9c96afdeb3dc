import {
    describeDomainRule,
    describeLooseness,
    narrow,
} from '../../shared/pattern/index.ts';

/**
 * What `allow` would store of an expression, and why it matches more as it
 * stands; null if it means what it looks like.
 */
export function narrowerOf(expression: string): string | null {
    const loose = describeLooseness(expression);
    if (loose !== null) {
        return loose;
    }
    const narrowed = narrow(expression);
    return narrowed.ok && narrowed.value.why !== null
        ? `${narrowed.value.why} Narrower: ${narrowed.value.stored}`
        : null;
}

/** Which hosts an expression of a rule file lets through, as a sentence. */
export function meaningOf(expression: string): string {
    return describeDomainRule(expression) ?? describeAny(expression);
}

function describeAny(expression: string): string {
    const narrowed = narrow(expression);
    const exact =
        narrowed.ok && narrowed.value.why === null
            ? narrowed
            : narrow(expression, { asIs: true });
    return exact.ok
        ? exact.value.meaning
        : 'The host names that this expression matches.';
}
