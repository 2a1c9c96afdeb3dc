// Sets of domains, and which of them cover which.
import {
    type DomainKind,
    type DomainPattern,
    domainsAbove,
} from './domain-pattern.ts';

/** What is in a set of one domain: itself, those below it, or both. */
const parts: Readonly<Record<DomainKind, number>> = {
    exact: 1,
    subdomains: 2,
    both: 3,
};

const kinds: readonly (DomainKind | null)[] = [
    null,
    'exact',
    'subdomains',
    'both',
];

/** Time and memory of all of it are linear in the text that goes in. */
export class DomainSet {
    readonly #parts = new Map<string, number>();

    add({ kind, domain }: DomainPattern): void {
        const known = this.#parts.get(domain) ?? 0;
        this.#parts.set(domain, known | parts[kind]);
    }

    /** Whether every host of that domain is in the set. */
    covers({ kind, domain }: DomainPattern): boolean {
        const known = this.#parts.get(domain) ?? 0;
        return (parts[kind] & ~known) === 0 || this.#isBelowOne(domain);
    }

    /** The same hosts by as few domains as it takes, in no certain order. */
    *widest(): Generator<DomainPattern> {
        for (const [domain, known] of this.#parts) {
            const kind = kinds[known] ?? null;
            if (kind !== null && !this.#isBelowOne(domain)) {
                yield { kind, domain };
            }
        }
    }

    #isBelowOne(domain: string): boolean {
        return domainsAbove(domain).some((above) => {
            const known = this.#parts.get(above) ?? 0;
            return (known & parts.subdomains) !== 0;
        });
    }
}
