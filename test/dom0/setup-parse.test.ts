import { describe, expect, test } from 'vitest';
import {
    parseFeatures,
    parseFollowing,
} from '../../dom0/core/setup/parse-features.ts';
import { captured } from './golden.ts';

describe('what qvm-features prints', () => {
    test('is read as the real one prints it', () => {
        const features = parseFeatures(captured('features-list'));
        expect(features.ok && [...features.value]).toEqual([
            ['qrexec', '1'],
            ['os', 'Linux'],
            ['os-distribution', 'fedora'],
            ['qubes-firewall', '1'],
            ['vmexec', '1'],
            ['gui', '1'],
        ]);
    });

    test.each([
        ['no feature', '', []],
        [
            'an empty value',
            'a  1\nb  \n',
            [
                ['a', '1'],
                ['b', ''],
            ],
        ],
        ['a value with blanks', 'a   b c\n', [['a', 'b c']]],
    ])('may be %s', (_, text, expected) => {
        const features = parseFeatures(text);
        expect(features.ok && [...features.value]).toEqual(expected);
    });

    test.each([
        ['cut short', 'a  1\nb'],
        ['a feature twice', 'a  1\na  2\n'],
        ['a control character', 'a  \x1b[2J\n'],
        ['no name', '  1\n'],
    ])('is refused with %s', (_, text) => {
        expect(parseFeatures(text).ok).toBe(false);
    });
});

describe('whether a netvm is the default one', () => {
    test.each([
        ['is read as the real tool prints it', captured('prefs-work'), false],
        ['of a qube without one', 'netvm  -  None\n', false],
        ['of one that follows the default', 'netvm  D  sys-net\n', true],
    ])('%s', (_, text, expected) => {
        expect(parseFollowing(text)).toEqual({ ok: true, value: expected });
    });

    test.each([
        ['no netvm', 'name  -  work\n'],
        ['two of them', 'netvm  D  a\nnetvm  -  b\n'],
        ['another flag', 'netvm  X  a\n'],
    ])('is not known with %s', (_, text) => {
        expect(parseFollowing(text).ok).toBe(false);
    });
});
