// Narrows an expression to what its author believes it means.
import { fault } from './fault.ts';
import {
    choice,
    group,
    type PatternNode,
    type Repeat,
    sequence,
} from './tree.ts';

/** `(^|\.)`: the start of a label. */
const labelStart: PatternNode = group(
    0,
    choice(0, [
        { type: 'anchor', at: 0, kind: 'line-start' },
        { type: 'character', at: 0, character: '.' },
    ]),
);

/** Puts the end of the name after each branch that does not ask for it. */
export function closeBranches(tree: PatternNode): PatternNode {
    const [first, ...others] = branchesOf(tree).map((branch) =>
        isHeldAtEnd(branch)
            ? branch
            : sequence(branch.at, [
                  withoutWordEnd(branch),
                  { type: 'anchor', at: branch.at, kind: 'line-end' },
              ]),
    );
    return choice(tree.at, [first ?? tree, ...others]);
}

/** What ends in a word needs not say so before the end of the name. */
function withoutWordEnd(branch: PatternNode): PatternNode {
    if (branch.type !== 'sequence') {
        return branch;
    }
    const [before, last] = branch.parts.slice(-2);
    const isWordEnd =
        last?.type === 'anchor' &&
        (last.kind === 'word-edge' || last.kind === 'word-end');
    return isWordEnd && isWordCharacter(before)
        ? sequence(branch.at, branch.parts.slice(0, -1))
        : branch;
}

function isWordCharacter(node: PatternNode | undefined): boolean {
    return node?.type === 'character' && /[a-z0-9_]/i.test(node.character);
}

function branchesOf(tree: PatternNode): readonly PatternNode[] {
    return tree.type === 'choice' ? tree.branches : [tree];
}

/** True when every match ends where the name ends. */
export function isHeldAtEnd(node: PatternNode): boolean {
    switch (node.type) {
        case 'anchor':
            return node.kind === 'line-end' || node.kind === 'text-end';
        case 'group':
            return isHeldAtEnd(node.body);
        case 'choice':
            return node.branches.every(isHeldAtEnd);
        case 'sequence': {
            const last = node.parts.at(-1);
            return last !== undefined && isHeldAtEnd(last);
        }
        default:
            return false;
    }
}

/** Lets every match start at the start of a label. */
export function holdAtLabel(node: PatternNode): PatternNode {
    if (startsLabel(node)) {
        return node;
    }
    switch (node.type) {
        case 'choice': {
            const [first, ...others] = node.branches.map(holdAtLabel);
            return choice(node.at, [first ?? node, ...others]);
        }
        case 'sequence':
            return holdSequence(node.at, node.parts);
        case 'group':
            return someStartsLabel(node.body)
                ? group(node.at, holdAtLabel(node.body))
                : sequence(node.at, [labelStart, node]);
        default:
            return sequence(node.at, [labelStart, node]);
    }
}

function holdSequence(at: number, parts: readonly PatternNode[]): PatternNode {
    const start = parts.findIndex(
        (part, index) =>
            !isStartAnchor(part) && !isWordStart(part, parts[index + 1]),
    );
    const [first, ...others] = parts.slice(Math.max(0, start));
    const rest = sequence(at, others);
    if (first === undefined) {
        return sequence(at, [labelStart]);
    }
    if (isWildcard(first) && others.length > 0) {
        return first.min === 0
            ? holdAtLabel(rest)
            : fault(
                  first.at,
                  'any text may come before the rest, also in one label, as ' +
                      'in "evilgithub.com"; for subdomains write "\\." there',
              );
    }
    return sequence(at, [holdAtLabel(first), rest]);
}

/** `.*`, `.+` and their like. */
function isWildcard(node: PatternNode): node is Repeat & { at: number } {
    return (
        node.type === 'repeat' && node.body.type === 'any' && node.max === null
    );
}

function isStartAnchor(node: PatternNode): boolean {
    return (
        node.type === 'anchor' &&
        (node.kind === 'line-start' || node.kind === 'text-start')
    );
}

/** An anchor that holds wherever a label starts with what comes after it. */
function isWordStart(node: PatternNode, next?: PatternNode): boolean {
    return (
        node.type === 'anchor' &&
        (node.kind === 'word-edge' || node.kind === 'word-start') &&
        isWordCharacter(next)
    );
}

/** True when every match starts at a label, or just before one. */
function startsLabel(node: PatternNode): boolean {
    switch (node.type) {
        case 'anchor':
            return isStartAnchor(node);
        case 'character':
            return node.character === '.';
        case 'set':
            return !node.negated && node.items.every(isDot);
        case 'group':
            return startsLabel(node.body);
        case 'repeat':
            return node.min > 0 && startsLabel(node.body);
        case 'choice':
            return node.branches.every(startsLabel);
        case 'sequence':
            return startsWithLabel(node.parts);
        default:
            return false;
    }
}

function isDot(item: { type: string; character?: string }): boolean {
    return item.type === 'character' && item.character === '.';
}

/** Wildcards in front change nothing when a label starts after them. */
function startsWithLabel(parts: readonly PatternNode[]): boolean {
    const held = parts.findIndex((part) => part.type !== 'anchor');
    const anchors = held === -1 ? parts : parts.slice(0, held);
    const [first, second] = parts.slice(anchors.length);
    if (first !== undefined && isWildcard(first)) {
        return second === undefined || startsLabel(second);
    }
    return (
        anchors.some(isStartAnchor) ||
        (first !== undefined && startsLabel(first))
    );
}

function someStartsLabel(node: PatternNode): boolean {
    switch (node.type) {
        case 'choice':
            return node.branches.some(someStartsLabel);
        case 'group':
            return someStartsLabel(node.body);
        default:
            return startsLabel(node);
    }
}
