import { type Ip4, type Ip6, parseIp4, parseIp6 } from '../domain/address.ts';
import { type DomainKind, domainOfRule } from './domain-pattern.ts';

const plain = /^(\^|\\\.|\(\^\|\\\.\))((?:[a-z0-9_:-]|\\\.)+)\$$/i;

/** The one address that an expression names; null if it is not of that form. */
export function addressIn(expression: string): Ip4 | Ip6 | null {
    const { start, host } = read(expression);
    return start === '^' ? parseAddress(host) : null;
}

/**
 * `describeStored` of a rule that names one domain as `allow` stores it; null
 * for all others.
 */
export function describeDomainRule(expression: string): string | null {
    const start = ['^', '\\.', '(^|\\.)'].find((each) =>
        expression.startsWith(each),
    );
    const found = start === undefined ? null : domainOfRule(expression);
    return found === null || /[*[]/.test(expression)
        ? null
        : describeHosts(found.kind, found.domain);
}

function describeHosts(kind: DomainKind, host: string): string {
    switch (kind) {
        case 'exact':
            return `The host ${host} and no other.`;
        case 'subdomains':
            return `All subdomains of ${host}, but not ${host} itself.`;
        case 'both':
            return `The host ${host} and all its subdomains.`;
    }
}

/** One plain sentence: which hosts an expression matches. */
export function describeStored(expression: string): string {
    const { start, host } = read(expression);
    switch (start) {
        case '^':
            return parseAddress(host) === null
                ? describeHosts('exact', host)
                : `The address ${host}, spelled like this only.`;
        case '\\.':
            return describeHosts('subdomains', host);
        case null:
            return 'The host names that this expression matches.';
        default:
            return describeHosts('both', host);
    }
}

function read(expression: string): { start: string | null; host: string } {
    const [, start = null, host = ''] = plain.exec(expression) ?? [];
    return { start, host: host.replaceAll('\\', '').toLowerCase() };
}

/** In the one spelling that a proxy is asked for. */
function parseAddress(host: string): Ip4 | Ip6 | null {
    const ip4 = parseIp4(host);
    const ip6 = parseIp6(host);
    if (ip4.ok) {
        return ip4.value;
    }
    return ip6.ok && ip6.value === host ? ip6.value : null;
}
