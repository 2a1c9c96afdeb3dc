import type { PatternNode } from '../../shared/pattern/index.ts';

/**
 * Whether an anchor, or a word edge, is in what may be repeated. There glibc
 * errs (seen with 2.36) and finds more than there is: `(^|\.){2}a` in
 * "x.a", since of a copy of a group it may lose what its anchors ask for
 * (posix/regcomp.c, duplicate_node_closure).
 */
export function repeatsAnchor(node: PatternNode, isRepeated = false): boolean {
    switch (node.type) {
        case 'anchor':
            return isRepeated;
        case 'group':
            return repeatsAnchor(node.body, isRepeated);
        case 'repeat': {
            const isMany = node.max === null || node.max > 1;
            return repeatsAnchor(node.body, isRepeated || isMany);
        }
        case 'sequence':
            return node.parts.some((part) => repeatsAnchor(part, isRepeated));
        case 'choice':
            return node.branches.some((one) => repeatsAnchor(one, isRepeated));
        default:
            return false;
    }
}
