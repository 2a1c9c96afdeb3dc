import { choiceOf, repeatOf, sequenceOf, setOf } from './build-expression.ts';
import { fault } from './fault.ts';
import { type HostExpression, nothing } from './host-expression.ts';
import {
    hostCharacters,
    setOfCharacter,
    setOfItems,
    setOfShorthand,
} from './host-set.ts';
import { anchorPlaces } from './places.ts';
import type { PatternNode } from './tree.ts';

/**
 * What a tree means on strings of host characters. Faults at a back-reference,
 * which no automaton can follow.
 */
export function lowerToHosts(node: PatternNode): HostExpression {
    switch (node.type) {
        case 'character':
            return setOf(setOfCharacter(node.character));
        case 'any':
            return setOf(hostCharacters);
        case 'set':
            return setOf(setOfItems(node.negated, node.items));
        case 'shorthand':
            return setOf(setOfShorthand(node.name));
        case 'group':
            return lowerToHosts(node.body);
        case 'repeat':
            return repeatOf(lowerToHosts(node.body), node.min, node.max);
        case 'sequence':
            return sequenceOf(node.parts.map(lowerToHosts));
        case 'choice':
            return choiceOf(node.branches.map(lowerToHosts));
        case 'anchor':
            return { kind: 'assertion', places: anchorPlaces[node.kind] };
        case 'escaped-letter':
            return lowerEscapedLetter(node.letter);
        case 'back-reference':
            return fault(
                node.at,
                `"\\${node.group}" (the same text again) cannot be confined ` +
                    'to host names; write out what may stand there',
            );
    }
}

/**
 * glibc compares with the host in upper case, and upper-cases what stands in
 * an expression, but not behind a backslash (posix/regcomp.c, peek_token).
 */
function lowerEscapedLetter(letter: string): HostExpression {
    return /[A-Z]/.test(letter) ? setOf(setOfCharacter(letter)) : nothing;
}
