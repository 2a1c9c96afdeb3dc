// Host names as lists of them have them: the same in every run.
import { Random } from '../../pattern/random.ts';

const starts = 'b c d f g h j k l m n p r s t v w br cl st tr sh ch pl'.split(
    ' ',
);
const vowels = 'a e i o u ai ea oo'.split(' ');
const ends = ['', '', ...'n r s t l nd rk x'.split(' ')];
const domains = [
    ...Array.from({ length: 6 }, () => 'com'),
    ...['net', 'net', 'org', 'org', 'de', 'io', 'co.uk', 'fr', 'nl', 'ru'],
    ...['info', 'eu', 'app', 'dev'],
];
const services = ['www', 'api', 'cdn', 'static', 'img', 'mail'];

/** Distinct names; those of a smaller count are the first of a larger one. */
export function madeUpHosts(count: number): string[] {
    const random = new Random(1);
    const hosts = new Set<string>();
    while (hosts.size < count) {
        hosts.add(madeUpHost(random));
    }
    return [...hosts];
}

function madeUpHost(random: Random): string {
    const domain = `${madeUpName(random)}.${random.oneOf(domains)}`;
    return random.below(7) === 0
        ? `${random.oneOf(services)}.${domain}`
        : domain;
}

function madeUpName(random: Random): string {
    switch (random.below(10)) {
        case 0:
            return `${madeUpWord(random)}-${madeUpWord(random)}`;
        case 1:
            return `${madeUpWord(random)}${random.below(100)}`;
        case 2:
        case 3:
        case 4:
            return madeUpWord(random) + madeUpWord(random);
        default:
            return madeUpWord(random);
    }
}

function madeUpWord(random: Random): string {
    return random
        .several(
            1,
            3,
            () =>
                random.oneOf(starts) +
                random.oneOf(vowels) +
                random.oneOf(ends),
        )
        .join('');
}
