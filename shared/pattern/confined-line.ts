import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';
import { checkHosts } from './check-hosts.ts';
import { capture } from './fault.ts';
import { type HostExpression, matchesEmpty } from './host-expression.ts';
import { hostCharacters } from './host-set.ts';
import { lowerToHosts } from './lower.ts';
import { parsePattern } from './parse.ts';
import { printPattern } from './print.ts';
import {
    type PatternNode,
    type Repeat,
    type SetItem,
    sequence,
} from './tree.ts';
import { unpackLine } from './unpack.ts';

/**
 * A line of a tinyproxy filter file that can match nothing but host names:
 * ``\`…\'`` (the edges of the string; `^` and `$` also match at a line end in
 * it), and only characters of host names in between.
 */
export type ConfinedLine = Brand<string, 'ConfinedLine'>;

/**
 * Takes a line that is confined by its form: the edges of the string around
 * characters of host names, lists of them, groups, choices and repetitions,
 * written as `printPattern` does; not the empty name, and not both names and
 * addresses. The agent refuses all others, whoever sends them.
 */
export function parseConfinedLine(
    untrusted_line: string,
): Result<ConfinedLine, string> {
    // Nearly all are packed domains, which need no automaton.
    if (unpackLine(untrusted_line) !== null) {
        return ok(untrusted_line as ConfinedLine);
    }
    const line = confinedExpression(untrusted_line);
    return line.ok ? ok(untrusted_line as ConfinedLine) : line;
}

/** What is between the edges of a confined line. */
export function confinedExpression(
    untrusted_line: string,
): Result<HostExpression, string> {
    const tree = parsePattern(untrusted_line);
    if (!tree.ok) {
        return err(`not a filter line: ${tree.error.message}`);
    }
    const inner = betweenEdges(tree.value);
    if (
        inner === null ||
        !isPlain(inner) ||
        printPattern(tree.value) !== untrusted_line
    ) {
        return err('not a filter line: it is not confined to host names');
    }
    const checked = capture(() => {
        const expression = lowerToHosts(inner);
        checkHosts(expression);
        return expression;
    });
    return checked.ok ? checked : err(checked.error.message);
}

function betweenEdges(tree: PatternNode): PatternNode | null {
    if (tree.type !== 'sequence') {
        return null;
    }
    const [start, ...others] = tree.parts;
    const end = others.pop();
    const isBound =
        start?.type === 'anchor' &&
        start.kind === 'text-start' &&
        end?.type === 'anchor' &&
        end.kind === 'text-end';
    return isBound ? sequence(0, others) : null;
}

/** Nothing in it but characters of host names and ways to join them. */
function isPlain(node: PatternNode): boolean {
    switch (node.type) {
        case 'character':
            return isPlainCharacter(node.character);
        case 'set':
            return !node.negated && node.items.every(isPlainItem);
        case 'group':
            return isPlain(node.body);
        case 'repeat':
            return isPlain(node.body) && isFiniteOrFirm(node);
        case 'sequence':
            return node.parts.length > 0 && node.parts.every(isPlain);
        case 'choice':
            return node.branches.every(isPlain);
        default:
            return false;
    }
}

/** What is optional is not repeated without limit: see `repeatOf`. */
function isFiniteOrFirm({ body, max }: Repeat): boolean {
    return max !== null || !matchesEmpty(lowerToHosts(body));
}

function isPlainItem(item: SetItem): boolean {
    switch (item.type) {
        case 'character':
            return isPlainCharacter(item.character);
        case 'range':
            return /^([a-z]{2}|[0-9]{2})$/.test(item.from + item.to);
        case 'class':
            return false;
    }
}

function isPlainCharacter(character: string): boolean {
    return `${hostCharacters}:`.includes(character);
}
