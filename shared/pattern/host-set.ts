// Sets of the characters that can be in a host name, case folded. A set is
// a string of its members, each once, in the order of `hostCharacters`.
import type { SetItem, ShorthandName } from './tree.ts';

export type HostSet = string;

const letters = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** What any host name is made of; an IPv6 address moreover has `:`. */
export const hostCharacters: HostSet = `${letters}${digits}._-`;

/** Those and the colon. */
export const allCharacters: HostSet = `${hostCharacters}:`;

const classMembers: Readonly<Record<string, HostSet>> = {
    alnum: letters + digits,
    alpha: letters,
    blank: '',
    cntrl: '',
    digit: digits,
    graph: hostCharacters,
    lower: letters,
    print: hostCharacters,
    punct: '._-',
    space: '',
    upper: letters,
    xdigit: `abcdef${digits}`,
};

const shorthandMembers: Readonly<Record<ShorthandName, HostSet>> = {
    w: `${letters}${digits}_`,
    W: '.-',
    s: '',
    S: hostCharacters,
};

/** Empty when no host name has this character. */
export function setOfCharacter(character: string): HostSet {
    return filterSet((member) => member === character.toLowerCase());
}

export function setOfShorthand(name: ShorthandName): HostSet {
    return shorthandMembers[name];
}

/**
 * The host characters that a bracket expression matches. `:` only where it
 * is listed by itself: no wildcard may reach into IPv6 addresses.
 */
export function setOfItems(
    negated: boolean,
    items: readonly SetItem[],
): HostSet {
    return filterSet((member) =>
        member === ':'
            ? !negated && items.some(isColon)
            : items.some((item) => contains(item, member)) !== negated,
    );
}

export function uniteSets(sets: readonly HostSet[]): HostSet {
    return filterSet((member) => sets.some((set) => set.includes(member)));
}

function filterSet(isMember: (member: string) => boolean): HostSet {
    return [...allCharacters].filter(isMember).join('');
}

function isColon(item: SetItem): boolean {
    return item.type === 'character' && item.character === ':';
}

/** glibc compares in upper case, which decides what `[+-_]` contains. */
function contains(item: SetItem, member: string): boolean {
    const upper = member.toUpperCase();
    switch (item.type) {
        case 'character':
            return upper === item.character.toUpperCase();
        case 'range':
            return (
                item.from.toUpperCase() <= upper &&
                upper <= item.to.toUpperCase()
            );
        case 'class':
            return classMembers[item.name]?.includes(member) ?? false;
    }
}

/** A set as the items of a bracket expression, `-` last. */
export function itemsOfSet(set: HostSet): SetItem[] {
    const runs = set.match(/[a-z]+|[0-9]+/g) ?? [];
    const others = set.replace(/[a-z0-9]/g, '');
    const inOrder = [...others.replace('-', '')];
    return [
        ...runs.flatMap(splitRun).flatMap(itemsOfRun),
        ...(others.includes('-') ? [...inOrder, '-'] : inOrder).map(
            (character): SetItem => ({ type: 'character', character }),
        ),
    ];
}

/** Cuts a sorted string where characters are left out. */
function splitRun(run: string): string[] {
    const parts: string[] = [];
    for (const character of run) {
        const last = parts.at(-1) ?? '';
        const previous = String.fromCharCode(character.charCodeAt(0) - 1);
        if (last.endsWith(previous)) {
            parts[parts.length - 1] = last + character;
        } else {
            parts.push(character);
        }
    }
    return parts;
}

function itemsOfRun(run: string): SetItem[] {
    return run.length > 2
        ? [
              {
                  type: 'range',
                  from: run.charAt(0),
                  to: run.charAt(run.length - 1),
              },
          ]
        : [...run].map((character) => ({ type: 'character', character }));
}
