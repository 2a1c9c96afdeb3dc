import type { ConfinedLine } from './confined-line.ts';
import { type DomainKind, domainOfLine } from './domain-pattern.ts';
import { DomainSet } from './domain-set.ts';
import { packDomains } from './pack.ts';

/** Lines that fail at their first character come first: they cost least. */
const order: readonly DomainKind[] = ['exact', 'both', 'subdomains'];

/**
 * The same filter in as few lines as can be, whatever the order of `lines`:
 * domains once and not below others, and many of them in one line. Lines that
 * name no single domain stay as they are, each once, behind the others. Takes
 * time linear in the text of the lines.
 */
export function compileLines(lines: Iterable<ConfinedLine>): ConfinedLine[] {
    const domains = new DomainSet();
    const others = new Set<ConfinedLine>();
    for (const line of lines) {
        const domain = domainOfLine(line);
        if (domain === null) {
            others.add(line);
        } else {
            domains.add(domain);
        }
    }
    const named: Record<DomainKind, string[]> = {
        exact: [],
        both: [],
        subdomains: [],
    };
    for (const { kind, domain } of domains.widest()) {
        named[kind].push(domain);
    }
    return [
        ...order.flatMap((kind) => packDomains(kind, named[kind].sort())),
        ...[...others].sort(),
    ];
}
