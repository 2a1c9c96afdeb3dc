// What an expression of a rule file lets through that its author hardly means.
import { capture } from './fault.ts';
import { narrow } from './narrow.ts';
import { takeDotsAsDots } from './narrow-dots.ts';
import { describeUnrelated, findUnrelated } from './narrow-everything.ts';
import { adviseEnd, findLonger } from './narrow-open-end.ts';
import { closeBranches, holdAtLabel, isHeldAtEnd } from './narrow-tree.ts';
import { parsePattern } from './parse.ts';
import type { PatternNode } from './tree.ts';

/** Nearly all rules; they need no closer look. */
const isPlain = /^(\^|\\\.|\(\^\|\\\.\))([a-z0-9_:-]|\\\.)+\$$/i;

/**
 * Why `allow` would refuse an expression of a rule file, which applies as it
 * stands: its end is open, or it matches nearly everything. Says what to
 * write instead; null when there is nothing to say.
 */
export function describeLooseness(expression: string): string | null {
    if (isPlain.test(expression)) {
        return null;
    }
    const tree = parsePattern(expression);
    if (!tree.ok) {
        return null;
    }
    return isHeldAtEnd(tree.value)
        ? describeBreadth(tree.value)
        : describeOpenEnd(expression, tree.value);
}

function describeBreadth(tree: PatternNode): string | null {
    const found = capture(() => findUnrelated(tree));
    return found.ok && found.value !== null
        ? describeUnrelated(found.value)
        : null;
}

function describeOpenEnd(expression: string, tree: PatternNode): string {
    const plain = takeDotsAsDots(tree);
    const breadth = describeBreadth(closeBranches(plain));
    if (breadth !== null) {
        return breadth;
    }
    const longer = findLonger(plain);
    const example = longer === null ? 'longer names' : `"${longer}"`;
    return `${expression} also matches ${example}; ${adviseFor(expression, plain)}`;
}

function adviseFor(expression: string, plain: PatternNode): string {
    const host = /^[a-z0-9._-]+$/i.test(expression) ? narrow(expression) : null;
    if (host?.ok) {
        return `for that host only write ${host.value.stored}`;
    }
    const closed = capture(() => closeBranches(holdAtLabel(plain)));
    return closed.ok ? adviseEnd(closed.value) : 'end it with "$"';
}
