// What a user types for a host that is no expression: a name, a wildcard, an
// address. And what people paste instead of a name, such as an URL.
import { type Ip4, type Ip6, parseIp4, parseIp6 } from '../domain/address.ts';
import { isAddressSpelling } from './addresses.ts';
import { fault } from './fault.ts';
import { maxHostLength, maxLabelLength } from './host-limits.ts';
import { escapeDots } from './host-text.ts';
import { type NarrowedPattern, narrowedTo } from './narrowed-pattern.ts';

const whyAddress = 'An address means requests that name it, not a host on it.';
const whyBoth = '".NAME" means the host and its subdomains.';
const whyHostOnly = 'A name means that host; ".NAME" means its subdomains too.';
const whySubdomains = '"*.NAME" means the subdomains; ".NAME" means NAME too.';

/**
 * Reads a host, a wildcard or an address; null for an expression. Faults at
 * what can be none of them, with what to type instead.
 */
export function readTypedHost(typed: string): NarrowedPattern | null {
    if (typed === '') {
        fault(0, 'a host name is missing, such as "github.com"');
    }
    refuseOddCharacters(typed);
    const address = readAddress(typed);
    if (address !== null) {
        return hostFrom('^', address, whyAddress);
    }
    refuseCommas(typed);
    refusePort(typed);
    if (/^[a-z0-9._-]+$/i.test(typed)) {
        return typed.startsWith('.')
            ? hostFrom('(^|\\.)', readName(typed, 1), whyBoth)
            : hostFrom('^', readName(typed, 0), whyHostOnly);
    }
    if (/^\*\.[a-z0-9._-]+$/i.test(typed)) {
        return hostFrom('\\.', readName(typed, 2), whySubdomains);
    }
    refuseOddWildcard(typed);
    return null;
}

/** What is stored for a host: all of it, behind `start`. */
function hostFrom(start: string, host: string, why: string): NarrowedPattern {
    return narrowedTo(`${start}${escapeDots(host)}$`, why);
}

function readAddress(typed: string): Ip4 | Ip6 | null {
    const ip4 = parseIp4(typed);
    return ip4.ok ? ip4.value : readIp6(typed);
}

/** One with an IPv4 address in it is none that a request would name. */
function readIp6(typed: string): Ip6 | null {
    const address = typed.replace(/^\[(.*)\]$/, '$1');
    const ip6 = parseIp6(address);
    return ip6.ok && !address.includes('.') ? ip6.value : null;
}

/** A name from `start` on, in lower case. */
function readName(typed: string, start: number): string {
    const name = typed.slice(start).toLowerCase();
    if (isAddressSpelling(name)) {
        const address = canonicalHost(name);
        fault(
            start,
            'this is read as an address, not as a name; write it as four ' +
                `numbers${address === null ? '' : `: ${address}`}`,
        );
    }
    if (name.endsWith('.')) {
        fault(
            typed.length - 1,
            'write the name without a dot at its end: a request that has ' +
                'one is refused',
        );
    }
    checkLabels(name, start);
    return name;
}

function checkLabels(name: string, start: number): void {
    if (name.length > maxHostLength) {
        fault(start, `a host name has at most ${maxHostLength} characters`);
    }
    let at = start;
    for (const label of name.split('.')) {
        if (label === '') {
            fault(at, 'two dots in a row, or no name after the first');
        }
        if (label.length > maxLabelLength) {
            fault(
                at,
                `between two dots are at most ${maxLabelLength} characters`,
            );
        }
        at += label.length + 1;
    }
}

function refuseOddCharacters(typed: string): void {
    const at = typed.search(/[^\x21-\x7e]/);
    if (at >= 0 && /[^\p{ASCII}]/u.test(typed.charAt(at))) {
        const [, prefix = '', name = ''] = /^(\*?\.)?(.*)$/su.exec(typed) ?? [];
        const punycode = canonicalHost(name);
        fault(
            at,
            'a host name is written in ASCII, an international one in ' +
                `punycode${punycode === null ? '' : `: ${prefix}${punycode}`}`,
        );
    }
    if (at >= 0) {
        fault(at, 'a blank or control character; type one host per argument');
    }
    refuseNetwork(typed);
    const part = typed.search(/[/@#]/);
    if (part >= 0) {
        const host = hostOfUrl(typed);
        fault(
            part,
            'only the name of the host can be filtered, no URL and no user ' +
                `name${host === '' ? '' : `; type ${host}`}`,
        );
    }
}

function refuseNetwork(typed: string): void {
    const [, address] = /^([^/]+)\/[0-9]{1,3}$/.exec(typed) ?? [];
    if (address !== undefined && readAddress(address) !== null) {
        fault(
            address.length,
            'a rule is for a host or an address, no network; name each ' +
                'address by itself, private ones need !lan, too: ' +
                'man qvm-filterproxy-rules',
        );
    }
}

/** As lists are written elsewhere; no expression has nothing but this. */
function refuseCommas(typed: string): void {
    if (/^[a-z0-9.*:_,-]+$/i.test(typed) && typed.includes(',')) {
        const hosts = typed.split(',').filter((host) => host !== '');
        fault(
            typed.indexOf(','),
            `separate hosts by blanks: ${hosts.join(' ')}`,
        );
    }
}

/** The host, wildcard or address in an URL, or in a part of one; empty without. */
function hostOfUrl(typed: string): string {
    const rest = typed
        .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
        .replace(/^[^/@]*@/, '');
    const [address] = /^\[[^\]]*\]/.exec(rest) ?? [];
    return address === undefined
        ? (/^(?:\*\.)?[a-z0-9._-]+/i.exec(rest)?.[0] ?? '')
        : (readIp6(address) ?? '');
}

function refusePort(typed: string): void {
    if (/^[0-9a-f.:]*:[0-9a-f.]*:[0-9a-f.:]*$/i.test(typed)) {
        fault(0, 'this is no IPv6 address in hexadecimal, such as "fd00::1"');
    }
    const [, host, port] = /^([a-z0-9.*-]+):([0-9]+)$/i.exec(typed) ?? [];
    if (host !== undefined) {
        fault(
            host.length,
            `a rule names a host without its port (${port}); type ${host}`,
        );
    }
}

/** `*` as shells use it, elsewhere than in front of a dot. */
function refuseOddWildcard(typed: string): void {
    if (/^[a-z0-9._*-]+$/i.test(typed) && !typed.includes('.*')) {
        fault(
            typed.indexOf('*'),
            'a "*" can only stand for all subdomains, as in "*.github.com"; ' +
                'in an expression any text in one label is "[a-z0-9-]*", and ' +
                'its end is "$"',
        );
    }
}

/** How the URL standard writes a host, or null when it is none. */
function canonicalHost(host: string): string | null {
    return URL.canParse(`http://${host}/`)
        ? new URL(`http://${host}/`).hostname
        : null;
}
