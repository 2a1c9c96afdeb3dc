// Domains near each other, the rules that people write for them, and hosts
// near these.
import type {
    DomainKind,
    DomainPattern,
} from '../../shared/pattern/domain-pattern.ts';
import type { Random } from './random.ts';
import { randomOddSubject } from './random-patterns.ts';

const labels = [
    ...[
        'a',
        'b',
        'c',
        'ab',
        'abc',
        'abd',
        'bcd',
        'xbcd',
        'a-b',
        '-',
        '_',
        'a_',
    ],
    ...['www', 'cdn', 'img1', 'img2', 'img3', 'img4', 'img12', 'com', 'org'],
    ...['co', 'uk', '0', '1', '10', '0x1f', '0xg', '1a', 'x1', 'a0', 'zz'],
];

const ends = ['com', 'com', 'com', 'org', 'co.uk', 'a.com', 'b', '1', 'x-y'];

export function randomDomain(random: Random): string {
    const name = random.several(0, 2, () => randomLabel(random));
    return [...name, random.oneOf(ends)].join('.');
}

function randomLabel(random: Random): string {
    return random.below(3) > 0
        ? random.oneOf(labels)
        : random
              .several(1, random.below(30) === 0 ? 70 : 6, () =>
                  random.oneOf('aabbcm01-_'),
              )
              .join('');
}

const kinds: readonly DomainKind[] = ['exact', 'subdomains', 'both'];

export function randomDomains(random: Random, most: number): DomainPattern[] {
    return random.several(0, most, () => ({
        kind: random.oneOf(kinds),
        domain: randomDomain(random),
    }));
}

const starts = [
    ...['^', '\\.', '(^|\\.)', '(\\.|^)', '^(.*\\.)?', '^.*\\.', '.*\\.'],
    ...['^([a-z0-9_-]+\\.)*', '', '^\\.', '^^', '(|\\.)', '.', '^([a-z]+\\.)*'],
];

/** As a person might write it, with all that can go wrong. */
export function randomDomainRule(random: Random): string {
    const dot = random.oneOf([
        '\\.',
        '\\.',
        '\\.',
        '[.]',
        '.',
        '\\.\\.',
        '\\-',
    ]);
    const end = random.oneOf(['$', '$', '$', '$', '', '$$', '\\.$', '\\$']);
    const domain = randomDomain(random);
    const name = random.below(4) === 0 ? domain.toUpperCase() : domain;
    return random.oneOf(starts) + name.split('.').join(dot) + end;
}

/** A host that is allowed, or would nearly be. */
export function randomNearHost(random: Random, domain: string): string {
    const at = random.below(domain.length + 1);
    switch (random.below(10)) {
        case 0:
            return domain;
        case 1:
            return `${randomLabel(random)}.${domain}`;
        case 2:
            return `${randomLabel(random)}.${randomLabel(random)}.${domain}`;
        case 3:
            return domain.slice(domain.indexOf('.') + 1);
        case 4:
            return domain.slice(0, at) + domain.slice(at + 1);
        case 5:
            return (
                domain.slice(0, at) +
                random.oneOf('abcwx01.-_:') +
                domain.slice(at)
            );
        case 6:
            return `www.${domain}`.toUpperCase();
        case 7:
            return random.oneOf([`${domain}.`, `.${domain}`, `a..${domain}`]);
        case 8:
            return randomOddSubject(random, `www.${domain}`);
        default:
            return randomDomain(random);
    }
}
