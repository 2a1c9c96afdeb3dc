// Lists of domains as people publish them: hosts files, a domain on each
// line, and the rules of ad blockers that name a domain and nothing else.
import type { LineProblem } from '../file-problem.ts';

export interface DomainList {
    /** The expressions of a set, each once, in the order of the list. */
    readonly expressions: readonly string[];
    /** Lines that name no host, and why. */
    readonly skipped: readonly SkippedLine[];
}

export interface SkippedLine extends LineProblem {
    /** Counted from 1. */
    readonly line: number;
}

/** What a line of a list stands for. */
type Meaning =
    | { readonly kind: 'hosts'; readonly untrusted_names: readonly string[] }
    | { readonly kind: 'domain'; readonly untrusted_name: string }
    | { readonly kind: 'subdomains'; readonly untrusted_name: string }
    | { readonly kind: 'nothing' }
    | { readonly kind: 'unknown' };

/** Names that each hosts file has for the machine itself. */
const ofMachine =
    /^(localhost|localhost\.localdomain|local|broadcasthost|ip6-\w+|0\.0\.0\.0)$/;

/** Reads a list; each line by its own form, as lists are mixed. */
export function readDomainList(untrusted_text: string): DomainList {
    const expressions = new Set<string>();
    const skipped: SkippedLine[] = [];
    for (const [index, untrusted_line] of untrusted_text
        .split(/\r?\n/)
        .entries()) {
        const meaning = meaningOf(untrusted_line);
        const found = expressionsOf(meaning);
        for (const expression of found) {
            expressions.add(expression);
        }
        if (meaning.kind === 'unknown' || isWithoutName(meaning, found)) {
            const message =
                'no host name, and none of the forms that are known';
            skipped.push({ line: index + 1, message, column: null });
        }
    }
    return { expressions: [...expressions], skipped };
}

function isWithoutName(meaning: Meaning, found: readonly string[]): boolean {
    return (
        found.length === 0 &&
        meaning.kind !== 'nothing' &&
        !(
            meaning.kind === 'hosts' &&
            meaning.untrusted_names.every(isOfMachine)
        )
    );
}

function isOfMachine(untrusted_name: string): boolean {
    return ofMachine.test(untrusted_name);
}

function meaningOf(untrusted_line: string): Meaning {
    const untrusted_text = withoutRemark(untrusted_line).trim();
    if (untrusted_text === '' || /^[![]/.test(untrusted_text)) {
        return { kind: 'nothing' };
    }
    const [, untrusted_domain] =
        /^\|\|([^\s/^$*|]+)\^?$/.exec(untrusted_text) ?? [];
    if (untrusted_domain !== undefined) {
        return { kind: 'domain', untrusted_name: untrusted_domain };
    }
    const [untrusted_first = '', ...untrusted_names] =
        untrusted_text.split(/[ \t]+/);
    if (untrusted_names.length > 0) {
        return isHostsAddress(untrusted_first)
            ? { kind: 'hosts', untrusted_names }
            : { kind: 'unknown' };
    }
    return untrusted_first.startsWith('*.')
        ? { kind: 'subdomains', untrusted_name: untrusted_first.slice(2) }
        : { kind: 'domain', untrusted_name: untrusted_first };
}

function withoutRemark(untrusted_line: string): string {
    const [untrusted_text = ''] = untrusted_line.split('#');
    return untrusted_text;
}

/** What lists put before a name, so that it leads nowhere. */
function isHostsAddress(untrusted_text: string): boolean {
    return /^(0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?|fe80::1%lo0|ff0[0-9]::\d?|255\.255\.255\.255|0)$/.test(
        untrusted_text,
    );
}

function expressionsOf(meaning: Meaning): string[] {
    switch (meaning.kind) {
        case 'hosts':
            return meaning.untrusted_names
                .filter((untrusted_name) => !isOfMachine(untrusted_name))
                .flatMap((untrusted_name) =>
                    withName(untrusted_name, (host) => `^${host}$`),
                );
        case 'domain':
            return withName(
                meaning.untrusted_name,
                (host) => `(^|\\.)${host}$`,
            );
        case 'subdomains':
            return withName(meaning.untrusted_name, (host) => `\\.${host}$`);
        default:
            return [];
    }
}

/** In ASCII and lower case; nothing if it is no name of a host. */
function withName(
    untrusted_name: string,
    expression: (escaped: string) => string,
): string[] {
    const name = untrusted_name.toLowerCase().replace(/\.$/, '');
    return isHostName(name) ? [expression(name.replaceAll('.', '\\.'))] : [];
}

/** Of two labels at least; the last is no number, or it were an address. */
function isHostName(name: string): boolean {
    return (
        name.length <= 253 &&
        /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(
            name,
        )
    );
}
