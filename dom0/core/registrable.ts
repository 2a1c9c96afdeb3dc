// Whose a host is, by the Public Suffix List (publicsuffix.org) in the package
// tldts. Its private section counts, so `github.io` is nobody's own. A top-level
// domain that is not listed is a public suffix, as the list's rule `*` says.
import { getDomain, parse } from 'tldts';
import { type Domain, parseDomain } from '../../shared/domain/domain-name.ts';
import { findOddity } from '../../shared/pattern/index.ts';
import type { OthersBelow } from './others-below.ts';
import { hasSuffixesBelow } from './suffixes-below.ts';

/**
 * The domain that somebody registered, `example.co.uk` of `www.example.co.uk`, in
 * lower case, if all hosts below it are of him. Null for a public suffix, an
 * address, a single label, whatever else is no plain host name, and where others
 * register below it: a rule for `.amazonaws.com` would let everybody's
 * `NAME.s3.amazonaws.com` through.
 */
export function registrableDomain(host: string): Domain | null {
    const domain = domainInList(host);
    return domain === null || hasSuffixesBelow(domain) ? null : domain;
}

/**
 * The same, though others may register below it: to sort hosts by, and not for
 * rules.
 */
export function domainInList(host: string): Domain | null {
    if (findOddity(host) !== null) {
        return null;
    }
    const domain = parseDomain(getDomain(host.toLowerCase(), options) ?? '');
    return domain.ok ? domain.value : null;
}

/**
 * What is not listed is taken for the user's own, and so is what nobody can
 * register, such as `home.arpa` (RFC 6761 and others).
 */
export const othersBelow: OthersBelow = (domain) => {
    const found = parse(domain, { ...options, detectSpecialUse: true });
    if (found.isSpecialUse) {
        return null;
    }
    const isListed = found.isIcann || found.isPrivate;
    if (isListed && found.publicSuffix === domain) {
        return 'suffix';
    }
    return hasSuffixesBelow(domain) ? 'suffixes-below' : null;
};

const options = {
    allowPrivateDomains: true,
    extractHostname: false,
    detectIp: false,
};
