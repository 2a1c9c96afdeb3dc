// A step of `setup`: a command, and the one that takes it back.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { isRunning, type System } from '../qube.ts';

/** What a change brings about. */
export type Effect =
    | { readonly kind: 'exists' }
    | { readonly kind: 'runs' }
    | { readonly kind: 'has-netvm'; readonly netvm: QubeName };

export interface Change {
    readonly kind: 'change';
    /** Whose state it is. */
    readonly qube: QubeName;
    readonly effect: Effect;
    /** As the user could type it. */
    readonly command: readonly string[];
    /** What takes it back. */
    readonly undo: readonly string[];
}

/** Its agent must answer. */
export interface Check {
    readonly kind: 'check';
    readonly qube: QubeName;
    readonly command: readonly string[];
}

export type Step = Change | Check;

/**
 * Those of the changes that were begun that are to be taken back, the last one
 * first: one that failed may have had its effect all the same.
 */
export function changesToUndo(
    begun: readonly Change[],
    system: System,
): Change[] {
    return begun
        .filter(({ qube, effect }) => isThere(qube, effect, system))
        .reverse();
}

function isThere(qube: QubeName, effect: Effect, system: System): boolean {
    switch (effect.kind) {
        case 'exists':
            return system.has(qube);
        case 'runs':
            return isRunning(system, qube);
        case 'has-netvm':
            return system.get(qube)?.netvm === effect.netvm;
    }
}

/** What qvm-create ends with when it made no qube (its exit code). */
const refused = 1;

/**
 * Whether the effect of a change that failed is ours, if it is there. A qube
 * that was not made because there is one of that name is another's.
 */
export function isOurs({ effect }: Change, exitCode: number | null): boolean {
    return !(effect.kind === 'exists' && exitCode === refused);
}
