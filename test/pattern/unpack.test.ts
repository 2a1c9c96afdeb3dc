// What a line is unpacked to against its automaton.
import { expect, test } from 'vitest';
import { confinedExpression } from '../../shared/pattern/confined-line.ts';
import {
    type DomainPattern,
    isOfDomain,
} from '../../shared/pattern/domain-pattern.ts';
import {
    accepts,
    type ConfinedLine,
    compileLines,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import { unpackLine } from '../../shared/pattern/unpack.ts';
import { hostWalker } from './host-walker.ts';
import { Random } from './random.ts';
import { randomNearHost } from './random-domains.ts';
import { randomFiles } from './random-lines.ts';
import { mutate } from './random-patterns.ts';

test('a line stands for exactly the domains that it is unpacked to', () => {
    const random = new Random(7);
    const lines = randomFiles(8, 120).flatMap(compileLines);
    let unpacked = 0;
    for (const line of lines.flatMap((each) => [
        each,
        ...random.several(4, 4, () => mutate(random, each)),
        ...random.several(8, 8, () => insert(random, each)),
    ])) {
        const domains = unpackLine(line);
        if (domains === null) {
            continue;
        }
        unpacked += 1;
        expect([line, confinedExpression(line).ok]).toEqual([line, true]);
        const automaton = lineAutomaton(line as ConfinedLine);
        const walk = hostWalker(line);
        const near = random.several(6, 6, () => {
            const { domain } = random.oneOf<DomainPattern>(domains);
            return walk(random) ?? randomNearHost(random, domain);
        });
        for (const host of [...near, domains[0]?.domain ?? '']) {
            const isMeant = domains.some((each) => isOfDomain(each, host));
            expect([line, host, isMeant]).toEqual([
                line,
                host,
                accepts(automaton, host),
            ]);
        }
    }
    expect(unpacked).toBeGreaterThan(500);
});

/** Something small put in, so that many still are of the packed form. */
function insert(random: Random, line: string): string {
    const at = random.below(line.length);
    const some = [
        'a',
        '-',
        '\\.',
        '?',
        '[a-c]',
        '[0b-]',
        '(b|c)',
        '|',
        '(',
        ')',
    ];
    return line.slice(0, at) + random.oneOf(some) + line.slice(at);
}

test.each([
    ['branches that the edges do not hold', "\\`a\\.g|b\\.g\\'"],
    ['an address', "\\`10\\.0\\.0\\.1\\'"],
    ['an address among names', "\\`(a|10)\\'"],
    ['an empty label', "\\`(a|)\\.b\\'"],
    ['what can be empty', "\\`a?\\'"],
    ['a set of nothing', "\\`[z-a]\\.b\\'"],
    ['repetition', "\\`a+\\'"],
    ['too many', `\\\`${'[0-9]'.repeat(5)}a\\'`],
    ['no end', '\\`a'],
    ['a line end', "\\`a\\'\n"],
])('does not unpack %s', (_, line) => {
    expect(unpackLine(line)).toBeNull();
});
