import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    lockSteps,
    parseFirewall,
    unlockSteps,
    wayAround,
} from '../../dom0/core/firewall.ts';
import { FakeFirewall } from './fake-firewall.ts';
import { captured } from './golden.ts';

const seed = 20261123;
const lock = 'action=drop comment=qvm-filterproxy lock';

function rulesOf(lines: readonly string[]) {
    const rules = parseFirewall(lines.map((line) => `${line}\n`).join(''));
    if (!rules.ok) {
        throw new Error(rules.error);
    }
    return rules.value;
}

describe('what qvm-firewall lets around the proxy', () => {
    test('is read at once, whatever a comment says', () => {
        const comment = ' comment='.repeat(100_000);
        const began = performance.now();
        expect(rulesOf([`action=drop${comment}`])[0]?.comment).toBe(
            comment.slice(' comment='.length),
        );
        expect(parseFirewall(`action=drop${comment}\x01\n`).ok).toBe(false);
        expect(performance.now() - began).toBeLessThan(2000);
    });

    test('is read from what the real one prints', () => {
        const rules = parseFirewall(captured('firewall-raw2'));
        expect(rules.ok && rules.value).toEqual([
            {
                action: 'drop',
                conditions: [
                    'proto=tcp',
                    'dst4=192.0.2.0/24',
                    'dstports=80-80',
                ],
                comment: null,
                expires: false,
            },
            { action: 'accept', conditions: [], comment: null, expires: false },
        ]);
    });

    test.each<[string, readonly string[], object]>([
        [
            'everything by default',
            ['action=accept'],
            { kind: 'everything', locked: false },
        ],
        [
            'nothing behind a lock',
            [lock, 'action=accept'],
            { kind: 'none', locked: true },
        ],
        [
            'what is accepted before a drop',
            [
                'action=accept specialtarget=dns',
                'action=accept proto=icmp',
                'action=accept dsthost=example.com proto=tcp dstports=443-443',
                'action=drop',
                'action=accept',
            ],
            {
                kind: 'exceptions',
                locked: false,
                rules: [
                    'specialtarget=dns',
                    'proto=icmp',
                    'dsthost=example.com proto=tcp dstports=443-443',
                ],
            },
        ],
        [
            'nothing when only drops are there',
            ['action=drop proto=tcp'],
            { kind: 'none', locked: false },
        ],
        [
            'everything behind a drop of something',
            ['action=drop proto=tcp', 'action=accept'],
            { kind: 'everything', locked: false },
        ],
        [
            'everything behind a drop that ends by itself',
            ['action=drop expire=1795407446', 'action=accept'],
            { kind: 'everything', locked: false },
        ],
        [
            'what a comment only pretends to be',
            ['action=accept comment=action=drop', 'action=drop'],
            { kind: 'everything', locked: false },
        ],
    ])('is %s', (_, lines, expected) => {
        expect(wayAround(rulesOf(lines))).toEqual(expected);
    });

    test.each([
        ['nothing', ''],
        ['a rule cut short', 'action=accept'],
        ['an unknown action', 'action=allow\n'],
        ['a traceback', 'Traceback (most recent call last):\n'],
        ['escape sequences', 'action=drop \x1b[2J\n'],
        ['a blank line', 'action=drop\n\n'],
    ])('is not guessed from %s', (_, text) => {
        expect(parseFirewall(text).ok).toBe(false);
    });
});

const userRules = fc.array(
    fc.constantFrom(
        'action=accept',
        'action=drop',
        'action=accept specialtarget=dns',
        'action=drop comment=mine',
        lock,
    ),
    { minLength: 1, maxLength: 6 },
);

function change(
    firewall: FakeFirewall,
    steps: readonly (readonly string[])[],
): void {
    for (const step of steps) {
        expect(firewall.run(['work', ...step]).exitCode).toBe(0);
    }
}

describe('the lock', () => {
    test('leaves nothing open, and then nothing to do', () => {
        fc.assert(
            fc.property(userRules, (lines) => {
                const firewall = new FakeFirewall();
                firewall.rules.set('work', lines);
                change(firewall, lockSteps(rulesOf(lines)));
                const after = rulesOf(firewall.of('work'));
                expect(wayAround(after).locked).toBe(true);
                expect(lockSteps(after)).toEqual([]);
                expect(
                    firewall.of('work').filter((rule) => rule !== lock),
                ).toEqual(lines.filter((rule) => rule !== lock));
            }),
            { seed },
        );
    });

    test('is taken out without a crash, and what is then left decides', () => {
        fc.assert(
            fc.property(userRules, (lines) => {
                const firewall = new FakeFirewall();
                firewall.rules.set('work', lines);
                change(firewall, unlockSteps(rulesOf(lines)));
                const own = lines.filter((rule) => rule !== lock);
                expect(firewall.of('work')).toEqual(
                    own.length === 0 ? ['action=drop'] : own,
                );
                expect(unlockSteps(rulesOf(firewall.of('work')))).toEqual([]);
            }),
            { seed },
        );
    });
});
