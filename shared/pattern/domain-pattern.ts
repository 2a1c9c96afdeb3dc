// Nearly all rules name one domain. These are read straight from the text,
// without a tree: a list of 100,000 of them is no rare thing.
import { isAddressSpelling } from './addresses.ts';
import type { ConfinedLine } from './confined-line.ts';
import { escapeDots, foldCase } from './host-text.ts';
import { maxPatternBytes } from './parse.ts';

/** Which hosts of a domain are meant: it alone, those below it, or both. */
export type DomainKind = 'exact' | 'subdomains' | 'both';

export interface DomainPattern {
    readonly kind: DomainKind;
    /** In lower case; no empty label, and no address spelling. */
    readonly domain: string;
}

/** What `confine` puts before a domain. */
export const domainPrefixes: Readonly<Record<DomainKind, string>> = {
    exact: '',
    subdomains: '([a-z0-9_-]+\\.)+',
    both: '([a-z0-9_-]+\\.)*',
};

/** How people write what stands before a domain. */
const ruleStarts: readonly (readonly [string, DomainKind])[] = [
    ['(^|\\.)', 'both'],
    ['(\\.|^)', 'both'],
    ['^(.*\\.)?', 'both'],
    ['^([a-z0-9_-]+\\.)*', 'both'],
    ['\\.', 'subdomains'],
    ['.*\\.', 'subdomains'],
    ['^.*\\.', 'subdomains'],
    ['^', 'exact'],
];

/** How a confined line of each kind starts. */
export const lineStarts = (['both', 'subdomains', 'exact'] as const).map(
    (kind) => [`\\\`${domainPrefixes[kind]}`, kind] as const,
);

/** A line may be so much longer than its rule. */
const longestPrefix = 40;

const ruleRest = /^[a-z0-9_-]+(?:(?:\\\.|\[\.\])[a-z0-9_-]+)*\$$/i;
const lineRest = /^[a-z0-9_-]+(?:\\\.[a-z0-9_-]+)*\\'$/;
const names = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/** Whether it is a name whose labels have characters, and no address. */
export function isDomain(text: string): boolean {
    return names.test(text) && !isAddress(text);
}

/** What is behind each dot, the longest first. */
export function domainsAbove(domain: string): string[] {
    const above: string[] = [];
    let dot = domain.indexOf('.');
    while (dot !== -1) {
        above.push(domain.slice(dot + 1));
        dot = domain.indexOf('.', dot + 1);
    }
    return above;
}

/**
 * The domain that an expression of a rule names; null for one that has to be
 * parsed. What `confine` makes of it is `lineOfDomain` of this.
 */
export function domainOfRule(expression: string): DomainPattern | null {
    if (expression.length > maxPatternBytes) {
        return null;
    }
    const found = readDomain(expression, ruleStarts, ruleRest, 1);
    const isLong = expression.length + longestPrefix > maxPatternBytes;
    return isLong && found && lineOfDomain(found).length > maxPatternBytes
        ? null
        : found;
}

/** The domain that a confined line names, if it is one and no more. */
export function domainOfLine(line: string): DomainPattern | null {
    return readDomain(line, lineStarts, lineRest, 2);
}

/** The confined line of one domain. */
export function lineOfDomain({ kind, domain }: DomainPattern): ConfinedLine {
    return `\\\`${domainPrefixes[kind]}${escapeDots(domain)}\\'` as ConfinedLine;
}

/** Whether the host, as a request spells it, is one that is meant. */
export function isOfDomain(
    { kind, domain }: DomainPattern,
    untrusted_host: string,
): boolean {
    const start = untrusted_host.length - domain.length;
    if (start < 0 || foldCase(untrusted_host.slice(start)) !== domain) {
        return false;
    }
    return start === 0
        ? kind !== 'subdomains'
        : kind !== 'exact' &&
              untrusted_host.charAt(start - 1) === '.' &&
              names.test(foldCase(untrusted_host.slice(0, start - 1)));
}

function readDomain(
    text: string,
    starts: readonly (readonly [string, DomainKind])[],
    rest: RegExp,
    endLength: number,
): DomainPattern | null {
    const [start, kind] = starts.find(([each]) => text.startsWith(each)) ?? [];
    if (start === undefined || kind === undefined) {
        return null;
    }
    const name = text.slice(start.length);
    if (!rest.test(name)) {
        return null;
    }
    const domain = foldCase(withPlainDots(name.slice(0, -endLength)));
    return isAddress(domain) ? null : { kind, domain };
}

/** `\.` and `[.]` are a dot. */
function withPlainDots(name: string): string {
    const bare = name.replaceAll('\\', '');
    return bare.includes('[') ? bare.replaceAll(/[[\]]/g, '') : bare;
}

/** What ends in a number may be one. */
function isAddress(domain: string): boolean {
    return /(?:^|\.)[0-9][0-9a-fx]*$/.test(domain) && isAddressSpelling(domain);
}
