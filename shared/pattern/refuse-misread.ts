import { fault } from './fault.ts';
import type { PatternNode } from './tree.ts';

/**
 * Refuses a backslash before a letter without a meaning: glibc finds
 * it in no host, POSIX leaves it open, and who writes it means something else.
 */
export function refuseMisread(node: PatternNode): void {
    switch (node.type) {
        case 'escaped-letter':
            fault(node.at, describeEscape(node.letter));
            break;
        case 'group':
        case 'repeat':
            refuseMisread(node.body);
            break;
        case 'sequence':
            node.parts.forEach(refuseMisread);
            break;
        case 'choice':
            node.branches.forEach(refuseMisread);
            break;
        default:
    }
}

function describeEscape(letter: string): string {
    return letter === 'd'
        ? '"\\d" matches no digit here; write "[0-9]"'
        : `"\\${letter}" has no meaning here; write "${letter}"`;
}
