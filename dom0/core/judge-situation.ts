// What a situation is good for: what the commands ask of it.
import type { Unserved } from './place.ts';
import type { Situation } from './situation.ts';

/** Whether nothing is left to do: it holds, or will when it is to. */
export function isSettled(situation: Situation): boolean {
    switch (situation.kind) {
        case 'no-rules':
        case 'in-force':
            return true;
        case 'unserved':
            return situation.why.kind === 'stopped' || isWaiting(situation.why);
        default:
            return false;
    }
}

export function isStopped(situation: Situation): boolean {
    return situation.kind === 'unserved' && situation.why.kind === 'stopped';
}

/** A qube without netvm is left so by its user. */
export function hasNoNetvm(situation: Situation): boolean {
    return situation.kind === 'unserved' && situation.why.kind === 'no-netvm';
}

/**
 * Whether nothing is left to do to have it served. With `all` nobody asked
 * for a qube that has no netvm.
 */
export function isStarted(situation: Situation, all: boolean): boolean {
    return (
        (isSettled(situation) && !isStopped(situation)) ||
        (all && hasNoNetvm(situation))
    );
}

/** Whether its rules come into force when something has started. */
function isWaiting({ kind }: Unserved): boolean {
    return ['halted', 'netvm-halted', 'for-disposables'].includes(kind);
}

/** Whether nothing wider than its rules can be in force for it. */
export function isNoWider(situation: Situation): boolean {
    return (
        isSettled(situation) ||
        ['unserved', 'no-agent', 'closed'].includes(situation.kind)
    );
}

/** Whether it has a way out, and no proxy in it. */
export function isUnfiltered(situation: Situation): boolean {
    switch (situation.kind) {
        case 'no-rules':
        case 'no-agent':
        case 'closed':
            return true;
        case 'held':
            return !situation.isServed;
        case 'unserved':
            return unfiltered.has(situation.why.kind);
        default:
            return false;
    }
}

const unfiltered: ReadonlySet<Unserved['kind']> = new Set([
    'foreign-file',
    'same-address',
    'too-many-clients',
] as const);

/** Whether a proxy answers it, may do so, or will when it has started. */
export function hasProxy(situation: Situation): boolean {
    return (
        isAnswered(situation) ||
        (situation.kind === 'unserved' && isWaiting(situation.why))
    );
}

/** Whether a proxy answers it now, or may do so. */
export function isAnswered(situation: Situation): boolean {
    switch (situation.kind) {
        case 'in-force':
        case 'outdated':
        case 'unknown':
            return true;
        case 'held':
            return situation.isServed;
        default:
            return false;
    }
}
