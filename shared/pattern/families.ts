// Domains, cut into an end that many share, one label before it, and what
// stands before that: `www`, `github` and `com` of www.github.com.
import { domainsAbove } from './domain-pattern.ts';
import { escapeDots } from './host-text.ts';
import {
    choiceOfTexts,
    expressionOfWords,
    grouped,
    type WordsExpression,
} from './words-expression.ts';

/** A label, and what stands before it in some domains; empty for nothing. */
export interface Family {
    readonly label: string;
    readonly heads: readonly string[];
}

/** Families with the same end, such as `com`; the empty end is of all. */
export type FamiliesByEnd = ReadonlyMap<string, readonly Family[]>;

/** From so many characters on domains below one end are kept together. */
export const worthAGroup = 1500;

/** A line has to have room for at least one family. */
const maxHeads = 150;

/** Each domain is below the longest end that is worth a group. */
export function familiesOf(domains: readonly string[]): FamiliesByEnd {
    const ends = endsWorthAGroup(domains);
    const heads = new Map<string, Map<string, string[]>>();
    for (const domain of domains) {
        const end = longestEnd(domain, ends);
        const rest = end === '' ? domain : domain.slice(0, -end.length - 1);
        const dot = rest.lastIndexOf('.');
        const label = rest.slice(dot + 1);
        const labels = heads.get(end) ?? new Map<string, string[]>();
        heads.set(end, labels);
        const head = dot === -1 ? '' : rest.slice(0, dot);
        labels.set(label, [...(labels.get(label) ?? []), head]);
    }
    return new Map(
        [...heads].map(([end, labels]) => [
            end,
            [...labels].flatMap(([label, all]) =>
                portions(all.sort()).map((some) => ({ label, heads: some })),
            ),
        ]),
    );
}

function endsWorthAGroup(domains: readonly string[]): ReadonlySet<string> {
    const sizes = new Map<string, number>();
    for (const domain of domains) {
        for (const end of domainsAbove(domain)) {
            const before = domain.length - end.length - 1;
            sizes.set(end, (sizes.get(end) ?? 0) + before);
        }
    }
    return new Set(
        [...sizes]
            .filter(([, size]) => size >= worthAGroup)
            .map(([end]) => end),
    );
}

function longestEnd(domain: string, ends: ReadonlySet<string>): string {
    return domainsAbove(domain).find((end) => ends.has(end)) ?? '';
}

function portions(heads: readonly string[]): string[][] {
    const all: string[][] = [];
    let size = Number.POSITIVE_INFINITY;
    for (const head of heads) {
        size += head.length;
        if (size > maxHeads) {
            all.push([]);
            size = head.length;
        }
        all.at(-1)?.push(head);
    }
    return all;
}

/** Families with equal heads, by these. */
export function byHeads(families: readonly Family[]): Map<string, Family[]> {
    const groups = new Map<string, Family[]>();
    for (const family of families) {
        const key = family.heads.join();
        const group = groups.get(key);
        if (group === undefined) {
            groups.set(key, [family]);
        } else {
            group.push(family);
        }
    }
    return groups;
}

/** All domains of these families, without their end. */
export function expressionOfFamilies(
    families: readonly Family[],
): WordsExpression {
    const groups = byHeads(families).values();
    return choiceOfTexts([...groups].map(expressionOfEqual));
}

/** Of families with equal heads. */
function expressionOfEqual(families: readonly Family[]): WordsExpression {
    const names = expressionOfWords(families.map(({ label }) => label));
    const heads = families[0]?.heads ?? [];
    const filled = heads.filter((head) => head !== '');
    if (filled.length === 0) {
        return names;
    }
    const before = grouped(expressionOfWords(filled));
    const behind = grouped(names);
    const isOptional = filled.length < heads.length;
    return {
        text: isOptional
            ? `(${before.text}\\.)?${behind.text}`
            : `${before.text}\\.${behind.text}`,
        isChoice: false,
        depth: Math.max(before.depth + (isOptional ? 1 : 0), behind.depth),
    };
}

/** With the end that they share. */
export function withEnd(
    expression: WordsExpression,
    end: string,
): WordsExpression {
    const { text, depth } = grouped(expression);
    return end === ''
        ? { text, isChoice: false, depth }
        : { text: `${text}\\.${escapeDots(end)}`, isChoice: false, depth };
}
