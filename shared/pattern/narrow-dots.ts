import { choice, group, type PatternNode, sequence } from './tree.ts';

/** A `.` between the parts of a name is the dot that its author sees. */
export function takeDotsAsDots(node: PatternNode): PatternNode {
    switch (node.type) {
        case 'group':
            return group(node.at, takeDotsAsDots(node.body));
        case 'choice': {
            const [first, ...others] = node.branches.map(takeDotsAsDots);
            return choice(node.at, [first ?? node, ...others]);
        }
        case 'sequence':
            return sequence(
                node.at,
                node.parts.map((part, index) =>
                    part.type === 'any' &&
                    isNamePart(node.parts[index - 1]) &&
                    isNamePart(node.parts[index + 1])
                        ? { type: 'character', at: part.at, character: '.' }
                        : takeDotsAsDots(part),
                ),
            );
        default:
            return node;
    }
}

function isNamePart(node: PatternNode | undefined): boolean {
    return (
        node !== undefined &&
        (node.type === 'group' ||
            (node.type === 'character' && /[a-z0-9]/i.test(node.character)))
    );
}
