// What the agent expects after a step, held to what is there.
import { deepStrictEqual } from 'node:assert/strict';
import { afterStep } from '../../../proxyvm/core/after-step.ts';
import { elementText } from '../../../proxyvm/core/element.ts';
import type { ObservedState } from '../../../proxyvm/core/observed-state.ts';
import type { Step } from '../../../proxyvm/core/step.ts';

/** Throws if the step led elsewhere than was foreseen. */
export function requireForeseen(
    before: ObservedState,
    step: Step,
    seen: ObservedState,
): void {
    const foreseen = afterStep(before, step);
    if (foreseen !== null) {
        const message = `what is there after ${step.action} was not foreseen`;
        requireSame(seen, foreseen, message);
    }
}

/** Throws if they differ in more than order and in what moves by itself. */
export function requireSame(
    seen: ObservedState,
    expected: ObservedState,
    message: string,
): void {
    try {
        deepStrictEqual(comparable(seen), comparable(expected));
    } catch (error) {
        throw new Error(message, { cause: error });
    }
}

function comparable(state: ObservedState) {
    return {
        ...state,
        // One that was asked for before may get up meanwhile.
        spare: null,
        elements: state.elements.map(elementText).sort(),
        // Connections come and go meanwhile, and deadlines come nearer.
        proxies: state.proxies
            .map((proxy) => ({
                ...proxy,
                isBusy: null,
                deadlines: proxy.deadlines.map(({ filter }) => filter),
            }))
            .sort((a, b) => a.uid - b.uid),
        busyPorts: state.busyPorts.toSorted(),
    };
}
