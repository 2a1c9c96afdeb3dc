// What the tool asks about expressions, against what matching says of hosts.
import { describe, expect, test } from 'vitest';
import {
    accepts,
    confine,
    covers,
    findDifference,
    type HostAutomaton,
    isEmpty,
    lineAutomaton,
    parsePattern,
    patternAutomaton,
    whyEmpty,
} from '../../shared/pattern/index.ts';
import { hostWalker } from './host-walker.ts';
import { Random } from './random.ts';
import { randomHost, randomPattern } from './random-patterns.ts';

function automatonOf(pattern: string): HostAutomaton {
    const tree = parsePattern(pattern);
    const automaton = tree.ok ? patternAutomaton(tree.value) : tree;
    return automaton.ok ? automaton.value : expect.fail(pattern);
}

/** Of random expressions, and hosts that some of them match. */
function randomAutomata(seed: number, count: number) {
    const random = new Random(seed);
    const all = random.several(count, count, () => {
        const pattern = randomPattern(random);
        const tree = parsePattern(pattern);
        const automaton = tree.ok ? patternAutomaton(tree.value) : tree;
        if (!tree.ok || !automaton.ok) {
            return [];
        }
        const line = confine(tree.value);
        const walk = hostWalker(pattern);
        const hosts = random.several(4, 4, () =>
            (walk(random) ?? randomHost(random, pattern)).toLowerCase(),
        );
        return [
            {
                pattern,
                automaton: automaton.value,
                confined: line.ok ? lineAutomaton(line.value) : null,
                hosts,
            },
        ];
    });
    return all.flat();
}

describe('covers', () => {
    test.each([
        ['(^|\\.)github\\.com$', '^github\\.com$', true],
        ['(^|\\.)github\\.com$', '\\.github\\.com$', true],
        ['github\\.com$', '(^|\\.)github\\.com$', true],
        ['\\bgithub\\.com$', '(^|\\.)github\\.com$', true],
        ['(^|\\.)github\\.com$', '\\bgithub\\.com$', '-github.com'],
        ['^[a-m]|^[n-z]', '^(a|z)\\.test$', true],
        ['^[a-f]+\\.test$', '^[a-g]\\.test$', 'g.test'],
        ['^a$', '^A$', true],
        ['^a$', '^b?$', 'b'],
    ])('%s: %s: %s', (wider, narrower, expected) => {
        const automata = [automatonOf(wider), automatonOf(narrower)] as const;
        expect(covers(...automata)).toBe(expected === true);
        expect(findDifference(automata[1], automata[0])).toEqual(
            expected === true
                ? { kind: 'none' }
                : { kind: 'host', host: expected },
        );
    });

    test('is unknown when telling takes too many steps', () => {
        const exponential = automatonOf('^[ab]*a[ab]{18}$');
        const other = automatonOf('^[ab]*a[ab]{18}$|^c$');
        expect(covers(other, exponential)).toBe('unknown');
        expect(findDifference(other, exponential)).toMatchObject({
            kind: 'host',
            host: 'c',
        });
    });

    test('is what accepting says, for random expressions and their hosts', () => {
        const all = randomAutomata(11, 2_000);
        const random = new Random(12);
        let [yes, no, unknown] = [0, 0, 0];
        for (const one of all) {
            const next = random.oneOf(all);
            const found = findDifference(one.automaton, next.automaton);
            const verdict = covers(next.automaton, one.automaton);
            if (found.kind === 'host') {
                no += 1;
                expect(verdict).toBe(false);
                expect(accepts(one.automaton, found.host)).toBe(true);
                expect(accepts(next.automaton, found.host)).toBe(false);
            } else if (found.kind === 'none') {
                yes += 1;
                expect(verdict).toBe(true);
                for (const host of [...one.hosts, ...next.hosts]) {
                    const isIn = accepts(one.automaton, host) && host !== '';
                    expect(isIn && !accepts(next.automaton, host)).toBe(false);
                }
            } else {
                unknown += 1;
            }
        }
        expect(yes).toBeGreaterThan(100);
        expect(no).toBeGreaterThan(300);
        expect(unknown).toBeLessThan(all.length / 50);
    });
});

describe('a confined line', () => {
    test('matches no host that its expression does not, and all others', () => {
        let [same, unknown] = [0, 0];
        for (const one of randomAutomata(13, 5_000)) {
            const { pattern, automaton, confined } = one;
            if (confined === null || isEverything(automaton)) {
                continue;
            }
            const more = findDifference(confined, automaton);
            const fewer = findDifference(automaton, confined);
            expect({ pattern, more }).not.toMatchObject({
                more: { kind: 'host' },
            });
            // Before a domain it has no empty labels.
            if (fewer.kind === 'host') {
                expect({ pattern, fewer }).toMatchObject({
                    fewer: { host: expect.stringMatching(/^\.|\.\./) },
                });
            }
            const isKnown = more.kind !== 'unknown' && fewer.kind !== 'unknown';
            same += isKnown ? 1 : 0;
            unknown += isKnown ? 0 : 1;
        }
        console.info(`confined: ${same} compared, ${unknown} unknown`);
        expect(same).toBeGreaterThan(800);
        expect(unknown).toBeLessThan(same / 50);
    });

    function isEverything(automaton: HostAutomaton): boolean {
        return covers(automaton, automatonOf('.')) === true;
    }
});

describe('an expression that no host can match', () => {
    const label = '[a-z]{64}';

    test.each([
        ['a/b', 'no host name matches'],
        ['x$y', 'no host name matches'],
        ['\\.\\.', '".."'],
        ['^\\.a', '".a"'],
        [`^${label}$`, 'more than 63'],
        [`^a\\.${label}\\.b$`, 'more than 63'],
        ['^([a-z]\\.){127}a$', 'more than 253'],
    ])('%s: %s', (pattern, words) => {
        const automaton = automatonOf(pattern);
        expect(isEmpty(automaton)).toBe(true);
        expect(whyEmpty(automaton)).toContain(words);
    });

    test.each([
        '^a$',
        '\\.$',
        '^a\\.$',
        '^10\\.0\\.0\\.1$',
        '^fd00::1$',
        '^-_$',
        `^${'[a-z]{63}\\.'.repeat(3)}[a-z]{61}$`,
        `^${'[a-z]{63}\\.'.repeat(3)}[a-z]{61}\\.$`,
        `${label}|b`,
        '\\.{2}|c',
        '.{253}',
    ])('but %s can be matched', (pattern) => {
        expect(whyEmpty(automatonOf(pattern))).toBeNull();
    });
});

describe('matching takes steps in proportion to the host', () => {
    /** Counts each time a position is asked for the characters it takes. */
    function countSteps(automaton: HostAutomaton, host: string): number {
        let steps = 0;
        const sets = new Proxy(automaton.sets, {
            get: (target, name) => {
                steps += 1;
                return Reflect.get(target, name);
            },
        });
        accepts({ ...automaton, sets }, host);
        return steps;
    }

    test.each([
        ['(x+x+)+y', 'x'],
        ['^(a|a?a?)*b$', 'a'],
        ['(^|\\.)(.*\\.)*github\\.com$', 'a.'],
        ['^((\\bx)*|y\\B|.)*z$', 'xy-'],
        ['(g?m?){100}z', 'gm'],
        ['\\b.*\\b.*\\b.*\\b.*\\bz$', 'a-'],
    ])('for %s', (pattern, unit) => {
        const automaton = automatonOf(pattern);
        const steps = [100, 200, 400].map((count) =>
            countSteps(automaton, unit.repeat(count)),
        );
        const [least = 0, twice = 0, most = 0] = steps;
        expect(most - twice).toBeLessThanOrEqual(2 * (twice - least) + 4);
        // Each position at most once for each character.
        expect(most).toBeLessThanOrEqual(
            automaton.sets.length * unit.length * 400,
        );
        expect(most).toBeGreaterThan(400);
    });
});
