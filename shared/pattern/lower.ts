import { choiceOf, repeatOf, sequenceOf, setOf } from './build-expression.ts';
import { fault } from './fault.ts';
import type { EdgeSide, HostExpression } from './host-expression.ts';
import {
    hostCharacters,
    setOfCharacter,
    setOfItems,
    setOfShorthand,
} from './host-set.ts';
import type { AnchorKind, PatternNode } from './tree.ts';

/** The edge an anchor stands for; a host name has one line only. */
export const edgeSides: ReadonlyMap<AnchorKind, EdgeSide> = new Map([
    ['line-start', 'start'],
    ['text-start', 'start'],
    ['line-end', 'end'],
    ['text-end', 'end'],
]);

/**
 * What a tree means on strings of host characters. Faults at what has no
 * such meaning, or one that its author cannot have had in mind.
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
            return lowerAnchor(node.at, node.kind);
        case 'escaped-letter':
            return fault(node.at, describeEscape(node.letter));
        case 'back-reference':
            return fault(
                node.at,
                `"\\${node.group}" (the same text again) cannot be confined ` +
                    'to host names; write out what may stand there',
            );
    }
}

function lowerAnchor(at: number, kind: AnchorKind): HostExpression {
    const side = edgeSides.get(kind);
    return side === undefined
        ? fault(
              at,
              'word edges cannot be confined to host names; write "(^|\\.)" ' +
                  'for the start of a label, "\\." or "$" for its end',
          )
        : { kind: 'edge', side, at };
}

function describeEscape(letter: string): string {
    return letter === 'd'
        ? '"\\d" matches no digit here; write "[0-9]"'
        : `"\\${letter}" has no meaning here; write "${letter}"`;
}
