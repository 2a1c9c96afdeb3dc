// What rules let through that their authors hardly mean.
import { describe, expect, test } from 'vitest';
import {
    accepts,
    confine,
    findDifference,
    findLooseness,
    findRealHost,
    type HostAutomaton,
    parsePattern,
    patternAutomaton,
} from '../../shared/pattern/index.ts';
import { Random } from './random.ts';
import { randomPattern } from './random-patterns.ts';

describe('a rule matches hosts that its author hardly means', () => {
    test.each([
        [
            'github\\.com$',
            'inside-label evilgithub.com',
            '(^|\\.)github\\.com$',
        ],
        ['^github.com$', 'any-character githubxcom', '^github\\.com$'],
        [
            '\\.git.hub.com$',
            'any-character www.gitxhub.com',
            '\\.git\\.hub\\.com$',
        ],
        ['^a\\.git.hub$', 'any-character a.gitxhub', '^a\\.git\\.hub$'],
        [
            'github.com',
            'any-character githubxcom, inside-label evilgithub.com, open-end github.com.example.org',
            '^github\\.com$',
        ],
        ['^intra', 'open-end intra.example.org', '^intra$'],
        ['(a|b)\\.io$', 'inside-label aa.io', '(^|\\.)(a|b)\\.io$'],
        ['.+hub\\.com$', 'inside-label ahub.com', null],
        ['.*', 'everything unrelated.com unrelated.org', null],
        ['^10.0.0.1$', 'any-character 10a0a0a1', '^10\\.0\\.0\\.1$'],
    ])('%s: %s', (expression, said, instead) => {
        const loose = findLooseness(expression);
        const reasons = loose?.reasons.map(({ kind, hosts }) =>
            [kind, ...hosts].join(' '),
        );
        expect([reasons?.join(', '), loose?.instead]).toEqual([said, instead]);
    });

    test.each([
        '^github\\.com$',
        '(^|\\.)github\\.com$',
        '\\.github\\.com$',
        '^r[0-9]+\\.a\\.example$',
        '^fd00::1$',
        '^10\\.0\\.0\\.1$',
        '(',
    ])('but not %s', (expression) => {
        expect(findLooseness(expression)).toBeNull();
    });
});

function automatonOf(expression: string): HostAutomaton {
    const tree = parsePattern(expression);
    const automaton = tree.ok ? patternAutomaton(tree.value) : tree;
    if (!automaton.ok) {
        throw new Error(`${expression}: ${automaton.error.message}`);
    }
    return automaton.value;
}

const names = ['github', 'com', 'a-b', 'x1', '1', 'o'];

/** Names with whatever people put around them. */
function randomName(random: Random): string {
    const labels = random.several(1, 3, () => random.oneOf(names));
    const dots = () => random.oneOf(['.', '\\.']);
    const name = labels.map((label, at) => (at === 0 ? '' : dots()) + label);
    const start = random.oneOf(['', '^', '\\.', '(^|\\.)', '.*', '.']);
    return `${start}${name.join('')}${random.oneOf(['', '$', '\\.$'])}`;
}

test('every example is matched, and by nothing that is offered instead', () => {
    const random = new Random(4711);
    let seen = 0;
    for (const isName of random.several(1_500, 1_500, () => random.below(2))) {
        const expression =
            isName === 1 ? randomName(random) : randomPattern(random);
        const tree = parsePattern(expression);
        if (!tree.ok || !confine(tree.value).ok) {
            continue;
        }
        const loose = findLooseness(expression);
        const before = automatonOf(expression);
        const after = loose?.instead ? automatonOf(loose.instead) : null;
        for (const host of loose?.reasons.flatMap(({ hosts }) => hosts) ?? []) {
            expect([expression, host, accepts(before, host)]).toEqual([
                expression,
                host,
                true,
            ]);
            expect([expression, host, after && accepts(after, host)]).toEqual([
                expression,
                host,
                after && false,
            ]);
            seen += 1;
        }
        if (after !== null) {
            const wider = findDifference(after, before);
            expect([expression, wider.kind]).toEqual([expression, 'none']);
            const left = findLooseness(loose?.instead ?? '')?.reasons ?? [];
            expect([expression, left.map(({ kind }) => kind)]).toEqual([
                expression,
                left.map(() => 'any-character'),
            ]);
        }
    }
    expect(seen).toBeGreaterThan(500);
});

describe('what can be a host', () => {
    test.each([
        ['^github\\.com$', 'github.com'],
        ['\\.com$', 'a.com'],
        ['^github\\.com\\.$', 'github.com.'],
        ['^fd00::1$', 'fd00::1'],
        [`^${'a'.repeat(63)}$`, 'a'.repeat(63)],
        ['^a?\\.b$', 'a.b'],
    ])('is found among what %s matches', (expression, host) => {
        expect(findRealHost(automatonOf(expression))).toBe(host);
    });

    test.each([
        '^\\.github\\.com$',
        '^a\\.\\.b$',
        `^${'a'.repeat(64)}\\.b$`,
        `^${'a{60}\\.'.repeat(5)}b$`,
        '^\\.+$',
    ])('is not among what %s matches', (expression) => {
        expect(findRealHost(automatonOf(expression))).toBeNull();
    });
});
