// Rules for a domain and all below it, where that is not one owner's: whoever
// registers a name there is let through.
import type { DomainPattern } from '../../shared/pattern/index.ts';

export type Others =
    /** The domain is a public suffix, such as `co.uk` and `github.io`. */
    | 'suffix'
    /** Public suffixes lie below it: `s3.amazonaws.com` below `amazonaws.com`. */
    | 'suffixes-below';

/**
 * Who but one owner may have names below that domain; null: nobody, as far as
 * the Public Suffix List knows.
 */
export type OthersBelow = (domain: string) => Others | null;

/** For who does not look at that. */
export const notLookedAt: OthersBelow = () => null;

/** What is to be known of a rule that names that; null: nothing. */
export function describeOthers(
    { kind, domain }: DomainPattern,
    othersBelow: OthersBelow,
): string | null {
    switch (kind === 'exact' ? null : othersBelow(domain)) {
        case 'suffix':
            return `anybody can register a name below ${domain}`;
        case 'suffixes-below':
            return `below ${domain} others can register names, too`;
        default:
            return null;
    }
}
