// Which strings a resolver takes for an address instead of a name.
import { parseIp6 } from '../domain/address.ts';
import type { HostAutomaton } from './automaton.ts';
import { findHost, listHosts, type Scanner } from './search.ts';

/**
 * A string whose labels are all numbers, decimal, octal or hexadecimal, with
 * or without a dot at the end. This contains all that glibc's inet_aton and
 * getaddrinfo take for IPv4 (`127.1`, `0x7f.1`, `2130706433`, `0`), also after
 * a next proxy removed the dot, and no public name: no top-level domain is a
 * number.
 */
export function isAddressSpelling(host: string): boolean {
    const end = [...host.toLowerCase()].reduce(
        addressScanner.step,
        addressScanner.start,
    );
    return addressScanner.isMatch(end);
}

type LabelState =
    /** Nothing read yet. */
    | 'start'
    /** After the dot behind a number. */
    | 'dot'
    | 'zero'
    | 'decimal'
    | 'hexadecimal'
    /** A label that is not a number was read. */
    | 'name';

export const addressScanner: Scanner<LabelState> = {
    start: 'start',
    step: nextState,
    isMatch: (state) => state !== 'start' && state !== 'name',
};

function nextState(state: LabelState, character: string): LabelState {
    switch (state) {
        case 'start':
        case 'dot':
            return startLabel(character);
        case 'zero':
            return character === 'x' ? 'hexadecimal' : inDecimal(character);
        case 'decimal':
            return inDecimal(character);
        case 'hexadecimal':
            return /[0-9a-f]/.test(character)
                ? 'hexadecimal'
                : afterNumber(character);
        case 'name':
            return 'name';
    }
}

function startLabel(character: string): LabelState {
    return character === '0'
        ? 'zero'
        : /[1-9]/.test(character)
          ? 'decimal'
          : 'name';
}

function inDecimal(character: string): LabelState {
    return /[0-9]/.test(character) ? 'decimal' : afterNumber(character);
}

function afterNumber(character: string): LabelState {
    return character === '.' ? 'dot' : 'name';
}

/** An address and a name that one expression matches, if it does. */
export interface Reach {
    readonly address: string | null;
    readonly name: string | null;
}

export function findReach(automaton: HostAutomaton): Reach {
    return {
        address: findHost(automaton, addressScanner, true),
        name: findHost(automaton, addressScanner, false),
    };
}

/** IPv6 addresses that one expression can name. */
export const maxNamedAddresses = 64;

const maxIp6Length = 39;

/** True when all it matches are IPv6 addresses, each written out. */
export function namesOnlyIp6(automaton: HostAutomaton): boolean {
    if (automaton.sets.some((set) => /[^0-9a-f:]/.test(set))) {
        return false;
    }
    const hosts = listHosts(automaton, maxNamedAddresses, maxIp6Length);
    return hosts?.every((host) => parseIp6(host).ok) ?? false;
}

/**
 * Matches all host names that are not address spellings: some label is not a
 * number, or is empty and not the last.
 */
export const everyName =
    '([a-z0-9._-]*\\.)?(([a-z_-]|[1-9][0-9]*[a-z_-]|' +
    '0([0-9]+[a-z_-]|[a-wyz_-]|x[0-9a-f]*[g-z_-]))[a-z0-9_-]*' +
    '(\\.[a-z0-9._-]*)?|\\.[a-z0-9._-]*)';
