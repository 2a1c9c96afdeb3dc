import { expect, test } from 'vitest';
import {
    addressScanner,
    isAddressSpelling,
} from '../../shared/pattern/addresses.ts';
import { accepts, lineAutomaton } from '../../shared/pattern/index.ts';
import { findHost } from '../../shared/pattern/search.ts';
import { confinedLine } from './confined-line.ts';

/** All strings of up to `length` of these characters. */
function allStrings(characters: string, length: number): string[] {
    const shorter = length > 1 ? allStrings(characters, length - 1) : [''];
    const longer = shorter
        .filter((one) => one.length === length - 1)
        .flatMap((one) => [...characters].map((next) => one + next));
    return [...shorter, ...longer];
}

test('every name is every string but address spellings and ""', () => {
    const automaton = lineAutomaton(confinedLine('.*'));
    const hosts = allStrings('019agx.-', 5);
    const wrong = hosts.filter(
        (host) =>
            accepts(automaton, host) !==
            (host !== '' && !isAddressSpelling(host)),
    );
    expect(wrong).toEqual([]);
    expect(hosts.length).toBe(37_449);
});

test('finds a shortest address and a shortest name', () => {
    const automaton = lineAutomaton(confinedLine('^(10\\.)?0x[0-9a-f]+$'));
    expect(findHost(automaton, addressScanner, true)).toBe('0xa');
    expect(findHost(automaton, addressScanner, false)).toBeNull();
});
