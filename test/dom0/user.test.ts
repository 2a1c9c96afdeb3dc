import { userInfo } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { userName } from '../../dom0/adapters/user.ts';

const before = process.env['SUDO_USER'];

afterEach(() => {
    process.env['SUDO_USER'] = before ?? '';
});

describe('who typed a command', () => {
    const isRoot = process.getuid?.() === 0;

    // Only root has come by sudo.
    test.each([
        ['someone', 'someone'],
        ['a b\x1b[2J\nü', 'a_b_[2J__'],
        ['x'.repeat(100), 'x'.repeat(32)],
        ['', 'root'],
    ])('is %j, said as %j, if root came by sudo', (name, said) => {
        process.env['SUDO_USER'] = name;
        expect(userName()).toBe(isRoot ? said : userInfo().username);
    });
});
