import { narrow } from '../../shared/pattern/index.ts';

/** Which hosts an expression of a rule file lets through, as a sentence. */
export function meaningOf(expression: string): string {
    const narrowed = narrow(expression);
    const exact =
        narrowed.ok && !narrowed.value.changed
            ? narrowed
            : narrow(expression, { asIs: true });
    return exact.ok
        ? exact.value.meaning
        : 'The host names that this expression matches.';
}
