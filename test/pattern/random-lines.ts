// The lines of rule files whose domains are near each other.
import { lineOfDomain } from '../../shared/pattern/domain-pattern.ts';
import {
    type ConfinedLine,
    parseConfinedLine,
} from '../../shared/pattern/index.ts';
import { confinedLine } from './confined-line.ts';
import { Random } from './random.ts';
import { randomDomains, randomNearHost } from './random-domains.ts';

/** Those that name no single domain. */
export const general = [
    '^r[0-9]+---sn-[a-z0-9]{6,}\\.googlevideo\\.com$',
    '(^|\\.)(a|b)\\.com$',
    '^a[bc]?\\.com$',
    '^10\\.0\\.0\\.[0-9]+$',
    '^10\\.0\\.0\\.1$',
    '^fd00::1$',
    'zz$',
].map(confinedLine);

/** What the rules of a file are confined to. */
export function randomLines(random: Random, most: number): ConfinedLine[] {
    const domains = randomDomains(random, most).flatMap((domain) => {
        const line = parseConfinedLine(lineOfDomain(domain));
        return line.ok ? [line.value] : [];
    });
    return [...domains, ...random.several(0, 2, () => random.oneOf(general))];
}

/** Files of very different sizes. */
export function randomFiles(seed: number, count: number): ConfinedLine[][] {
    const random = new Random(seed);
    return Array.from({ length: count }, () =>
        randomLines(random, random.oneOf([2, 5, 20, 60, 400])),
    );
}

export function hostsNear(random: Random, lines: readonly string[]): string[] {
    return random.several(20, 20, () => {
        const line = lines.length === 0 ? '' : random.oneOf(lines);
        const domain = line
            .replace('([a-z0-9_-]+\\.)', '')
            .replace(/[^a-z0-9._-]/g, '');
        return randomNearHost(random, domain === '' ? 'a.com' : domain);
    });
}
