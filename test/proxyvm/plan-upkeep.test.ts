import { expect, test } from 'vitest';
import { doorsOf } from '../../proxyvm/core/element.ts';
import type { ObservedState } from '../../proxyvm/core/observed-state.ts';
import { plan } from '../../proxyvm/core/plan.ts';
import { planEnd } from '../../proxyvm/core/plan-upkeep.ts';
import { clientWithRules } from './arbitraries.ts';
import { carryOut, emptyState } from './model.ts';

/** One client, and a rule added to it: so many steps of that are done. */
function halfWay(start: ObservedState, done: number): ObservedState {
    return plan([clientWithRules(2)], start)
        .steps.slice(0, done)
        .reduce((state, step) => carryOut(state, step), start);
}

const one = clientWithRules(1);
const served = plan([one], emptyState).steps.reduce(
    (state, step) => carryOut(state, step),
    emptyState,
);
const [first] = served.proxies;
const uid = first?.uid ?? expect.unreachable();

test('an old proxy ends once it has drained', () => {
    const actions = planEnd(uid, halfWay(served, 3)).map(
        ({ action }) => action,
    );
    expect(actions).toEqual([
        'end-proxies',
        'change-elements',
        'remove-proxies',
    ]);
});

test('one that still serves, where a call died half way, does not end', () => {
    const state = halfWay(served, 2);
    expect(state.proxies.find((each) => each.uid === uid)).toMatchObject({
        isDraining: true,
    });
    expect(state.elements).toEqual(expect.arrayContaining(doorsOf(one, uid)));
    expect(planEnd(uid, state)).toEqual([]);
});
