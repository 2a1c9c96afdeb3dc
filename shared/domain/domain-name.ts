import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * A host, `example.com`, or with a dot before it that host and all below,
 * `.example.com`; in lower case.
 */
export type Domain = Brand<string, 'Domain'>;

/** Characters of a host name (RFC 1035 2.3.4, without the last dot). */
const maxLength = 253;

/**
 * Takes letters, digits and inner hyphens (RFC 952, 1123), in labels of up to
 * 63. The last label is no number: that would be an address.
 */
export function parseDomain(untrusted_text: string): Result<Domain, string> {
    const untrusted_name = untrusted_text.replace(/^\./, '');
    const labels = untrusted_name.split('.');
    const isDomain =
        untrusted_name.length <= maxLength &&
        labels.every(isLabel) &&
        !/^[0-9]+$/.test(labels.at(-1) ?? '');
    return isDomain
        ? ok(untrusted_text.toLowerCase() as Domain)
        : err('neither a host as example.com nor a domain as .example.com');
}

function isLabel(untrusted_text: string): boolean {
    return /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(untrusted_text);
}

/** Whether it says something about this host, which is in any case. */
export function isInDomain(host: string, domain: Domain): boolean {
    const name = host.toLowerCase();
    return domain.startsWith('.')
        ? name === domain.slice(1) || name.endsWith(domain)
        : name === domain;
}
