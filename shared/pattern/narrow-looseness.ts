// What an expression of a rule file lets through that its author hardly means.

import { accepts } from './automaton.ts';
import { looseBareName, readBareName } from './bare-name.ts';
import { findDifference } from './difference.ts';
import { findRealHost, isRealHost } from './emptiness.ts';
import { capture } from './fault.ts';
import { patternAutomaton } from './matcher.ts';
import { takeDotsAsDots } from './narrow-dots.ts';
import { describeUnrelated, findUnrelated } from './narrow-everything.ts';
import { findLonger, suggestClosed } from './narrow-open-end.ts';
import { closeBranches, holdAtLabel, isHeldAtEnd } from './narrow-tree.ts';
import { parsePattern } from './parse.ts';
import type { PatternNode } from './tree.ts';

export type LooseKind =
    /** Hosts that have nothing in common are matched. */
    | 'everything'
    /** A `.` that is not escaped stands for any character. */
    | 'any-character'
    /** It may start in the middle of a label. */
    | 'inside-label'
    /** Any text may follow. */
    | 'open-end';

/** One reason why it matches too much. */
export interface LooseReason {
    readonly kind: LooseKind;
    /** Hosts that are matched because of it; none if none was found. */
    readonly hosts: readonly string[];
}

export interface Looseness {
    /** At least one. */
    readonly reasons: readonly LooseReason[];
    /** An expression to write instead, which matches less; null: unknown. */
    readonly instead: string | null;
}

/**
 * Why an expression of a rule file, which applies as it stands, matches hosts
 * that its author hardly means, and what `allow` would store instead; null
 * when there is nothing to say.
 */
export function findLooseness(expression: string): Looseness | null {
    const plain = readBareName(expression);
    if (plain !== null) {
        return looseBareName(plain);
    }
    const tree = parsePattern(expression);
    return tree.ok ? looseTree(tree.value) : null;
}

/**
 * Why `allow` would refuse an expression of a rule file: its end is open, or
 * it matches nearly everything. Says what to write instead; null when there is
 * nothing to say.
 */
export function describeLooseness(expression: string): string | null {
    const { reasons = [], instead = null } = findLooseness(expression) ?? {};
    const unrelated = reasons.find(({ kind }) => kind === 'everything');
    if (unrelated !== undefined) {
        const [one = '', other = ''] = unrelated.hosts;
        return describeUnrelated([one, other]);
    }
    const open = reasons.find(({ kind }) => kind === 'open-end');
    if (open === undefined) {
        return null;
    }
    const [longer] = open.hosts;
    const example = longer === undefined ? 'longer names' : `"${longer}"`;
    return `${expression} also matches ${example}; ${advise(expression, instead)}`;
}

function advise(expression: string, instead: string | null): string {
    if (instead === null) {
        return 'end it with "$"';
    }
    return /^[a-z0-9._-]+$/i.test(expression)
        ? `for that host only write ${instead}`
        : `write "${instead}"`;
}

function looseTree(tree: PatternNode): Looseness | null {
    const plain = takeDotsAsDots(tree);
    const isHeld = isHeldAtEnd(tree);
    const unrelated = capture(() =>
        findUnrelated(isHeld ? tree : closeBranches(plain)),
    );
    if (unrelated.ok && unrelated.value !== null) {
        const reason = { kind: 'everything', hosts: unrelated.value } as const;
        return { reasons: [reason], instead: null };
    }
    const held = capture(() => holdAtLabel(plain));
    const closed = held.ok ? closeBranches(held.value) : null;
    const reasons = [
        ...reasonBetween('any-character', tree, plain),
        ...(held.ok
            ? reasonBetween('inside-label', plain, held.value)
            : [{ kind: 'inside-label', hosts: someHost(plain) } as const]),
        ...(isHeld ? [] : [openEnd(plain, closed)]),
    ];
    const instead = closed && suggestClosed(closed);
    return reasons.length === 0 ? null : { reasons, instead };
}

function openEnd(plain: PatternNode, closed: PatternNode | null): LooseReason {
    const host = findLonger(plain);
    const isTelling =
        host !== null &&
        isRealHost(host) &&
        !(closed !== null && isMatched(closed, host));
    return { kind: 'open-end', hosts: isTelling ? [host] : [] };
}

function isMatched(tree: PatternNode, host: string): boolean {
    const automaton = patternAutomaton(tree);
    return automaton.ok && accepts(automaton.value, host);
}

function reasonBetween(
    kind: LooseKind,
    wider: PatternNode,
    narrower: PatternNode,
): LooseReason[] {
    const one = patternAutomaton(wider);
    const other = patternAutomaton(narrower);
    const found =
        wider !== narrower && one.ok && other.ok
            ? findDifference(one.value, other.value)
            : null;
    return found?.kind === 'host' ? [{ kind, hosts: [found.host] }] : [];
}

function someHost(tree: PatternNode): string[] {
    const automaton = patternAutomaton(tree);
    const host = automaton.ok ? findRealHost(automaton.value) : null;
    return host === null ? [] : [host];
}
