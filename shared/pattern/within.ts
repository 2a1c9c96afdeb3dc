import type { ConfinedLine } from './confined-line.ts';
import { DomainSet } from './domain-set.ts';
import { unpackLine } from './unpack.ts';

/** Domains that are compared; some 100 bytes of memory each. */
const maxCompared = 500_000;

/**
 * Whether no host passes `inner` that does not pass `outer`: a `true` is
 * certain, a `false` may be overcautious. It never is where `compileLines`
 * made both, `outer` of the lines of `inner` and others.
 */
export function areLinesWithin(
    inner: readonly ConfinedLine[],
    outer: readonly ConfinedLine[],
): boolean {
    const known = new Set(outer);
    const differing = inner.filter((line) => !known.has(line));
    if (differing.length === 0) {
        return true;
    }
    const ours = new Set(inner);
    const added = outer.filter((line) => !ours.has(line));
    // Most often it is said by the few lines that were changed.
    return areCovered(differing, added) || areCovered(differing, outer);
}

/** Whether each domain of these lines is below one of the others. */
function areCovered(
    lines: readonly ConfinedLine[],
    by: readonly ConfinedLine[],
): boolean {
    const domains = new DomainSet();
    let count = 0;
    for (const line of by) {
        const unpacked = unpackLine(line) ?? [];
        unpacked.forEach((domain) => {
            domains.add(domain);
        });
        count += unpacked.length;
        if (count > maxCompared) {
            return false;
        }
    }
    return lines.every(
        (line) =>
            unpackLine(line)?.every((domain) => domains.covers(domain)) ??
            false,
    );
}
