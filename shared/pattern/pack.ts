// Many domains as few lines of a filter file. tinyproxy tries one line after
// the other, and a line costs about as much whatever is in it.
import type { ConfinedLine } from './confined-line.ts';
import {
    type DomainKind,
    domainPrefixes,
    lineOfDomain,
} from './domain-pattern.ts';
import {
    byHeads,
    expressionOfFamilies,
    type Family,
    familiesOf,
    withEnd,
    worthAGroup,
} from './families.ts';
import { maxNesting, maxPatternBytes } from './parse.ts';

/** Domains in one line: numbered ones take next to no room. */
export const maxPacked = 4096;

/**
 * Lines for distinct domains of one kind, each within 511 bytes. Together they
 * match exactly what `lineOfDomain` of each matches. One domain more or less
 * changes a few lines only.
 */
export function packDomains(
    kind: DomainKind,
    domains: readonly string[],
): ConfinedLine[] {
    return [...familiesOf(domains)]
        .sort(byFirst)
        .flatMap(([end, families]) =>
            alike(families).flatMap((group) =>
                packFamilies(kind, end, group.sort(byLabel)),
            ),
        );
}

/** Families that have the same heads apart from all others, if many have. */
function alike(families: readonly Family[]): Family[][] {
    const sorted = [...byHeads(families)]
        .sort(byFirst)
        .map(([, group]) => group);
    const isLarge = (group: readonly Family[]) =>
        group.reduce((size, { label }) => size + label.length, 0) >=
        worthAGroup;
    const rest = sorted.filter((group) => !isLarge(group)).flat();
    return [...sorted.filter(isLarge), ...(rest.length > 0 ? [rest] : [])];
}

function packFamilies(
    kind: DomainKind,
    end: string,
    families: readonly Family[],
): ConfinedLine[] {
    const lines: ConfinedLine[] = [];
    let [from, guess] = [0, 32];
    while (from < families.length) {
        const left = families.length - from;
        const packed = (count: number) =>
            packedLine(kind, end, families.slice(from, from + count));
        const most = mostThatFit(left, guess, (count) => packed(count).size);
        const count = most < left ? cutBefore(families, from, most) : most;
        const { line, size } = packed(count);
        lines.push(
            ...(size > maxPatternBytes
                ? oneByOne(kind, end, families[from])
                : [line as ConfinedLine]),
        );
        from += count;
        guess = most;
    }
    return lines;
}

/** The line, and by how much it fills one: it fits within 511. */
function packedLine(
    kind: DomainKind,
    end: string,
    families: readonly Family[],
): { line: string; size: number } {
    const domains = families.reduce((sum, { heads }) => sum + heads.length, 0);
    if (domains > maxPacked) {
        return { line: '', size: (maxPatternBytes * domains) / maxPacked };
    }
    const { text, depth } = withEnd(expressionOfFamilies(families), end);
    const line = `\\\`${domainPrefixes[kind]}${text}\\'`;
    const isTooDeep = depth > maxNesting;
    return { line, size: isTooDeep ? 2 * maxPatternBytes : line.length };
}

/**
 * The most of `left` that fit, found from a guess; at least one. More than
 * fit do not fit either, nearly always: what does not hold costs a few bytes.
 */
function mostThatFit(
    left: number,
    guess: number,
    sizeOf: (count: number) => number,
): number {
    let fitting = 1;
    let tooMany = left + 1;
    let next = Math.min(guess, left);
    while (tooMany - fitting > 1) {
        const size = sizeOf(next);
        if (size > maxPatternBytes) {
            tooMany = next;
        } else {
            fitting = next;
        }
        const wanted = Math.floor((next * maxPatternBytes) / size);
        next = Math.min(Math.max(wanted, fitting + 1), tooMany - 1);
    }
    return fitting;
}

/**
 * Where to end a line: where two neighbours have least in common, near its
 * end. The same place is found again when there is a domain more or less.
 */
function cutBefore(
    families: readonly Family[],
    from: number,
    most: number,
): number {
    let [best, least] = [most, Number.POSITIVE_INFINITY];
    for (let count = most; count > most * 0.9; count -= 1) {
        const common = commonLength(
            families[from + count - 1]?.label ?? '',
            families[from + count]?.label ?? '',
        );
        if (common < least) {
            [best, least] = [count, common];
        }
    }
    return best;
}

function commonLength(one: string, other: string): number {
    let length = 0;
    while (length < one.length && one[length] === other[length]) {
        length += 1;
    }
    return length;
}

function oneByOne(
    kind: DomainKind,
    end: string,
    family: Family | undefined,
): ConfinedLine[] {
    const { label, heads } = family ?? { label: '', heads: [] };
    return heads.map((head) => {
        const labels = [head, label, end].filter((part) => part !== '');
        return lineOfDomain({ kind, domain: labels.join('.') });
    });
}

function byLabel(one: Family, other: Family): number {
    return one.label < other.label ? -1 : one.label > other.label ? 1 : 0;
}

function byFirst<T>([one]: [string, T], [other]: [string, T]): number {
    return one < other ? -1 : 1;
}
