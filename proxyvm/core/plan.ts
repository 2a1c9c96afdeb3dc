// From what is wanted and what is there to the steps in between. Pure. The
// order is the safety: close first, open last, and whatever runs lets out
// only what both the old and the new state, or the new one, allow.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import {
    type Assignments,
    assign,
    noObstacles,
    type Obstacles,
} from './assign.ts';
import { newTimings } from './deadlines.ts';
import { isDoor } from './element.ts';
import {
    changeElements,
    drainProxies,
    endProxies,
    endSpare,
    followResolvers,
    insertInputRules,
    keepProxies,
    newDrains,
    only,
    removeInputRules,
    removeProxies,
    startProxies,
} from './make-steps.ts';
import type { ObservedState } from './observed-state.ts';
import type { Plan, Step } from './step.ts';
import { support, tableStates } from './table-states.ts';

export interface Planned {
    readonly steps: Plan;
    readonly assignments: Assignments;
}

/**
 * The steps that make `clients`, and nobody else, served. None when that is
 * so already. Without clients everything of ours goes.
 */
export function plan(
    clients: readonly DesiredClient[],
    observed: ObservedState,
    obstacles: Obstacles = noObstacles,
): Planned {
    const assignments = assign(clients, observed, obstacles);
    const steps =
        clients.length === 0
            ? tearDown(observed)
            : serve(assignments, observed);
    return { steps, assignments };
}

function serve(assignments: Assignments, observed: ObservedState): Step[] {
    const { closed, meanwhile, lasting } = tableStates(assignments, observed);
    const started = assignments.clients.flatMap(({ proxy }) =>
        proxy?.isNew ? [proxy] : [],
    );
    const ending = assignments.ending.map(({ uid }) => uid);
    const drains = newDrains(assignments);
    return [
        ...(observed.table === 'ours'
            ? changeElements(observed.elements, closed)
            : [{ action: 'load-table', elements: closed } as const]),
        ...insertInputRules(observed),
        ...followResolvers(true, observed),
        ...keepProxies(assignments, observed),
        ...startProxies(started, drains, newTimings(assignments, observed)),
        ...changeElements(closed, meanwhile),
        ...(started.length > 0 ? [] : drainProxies(drains)),
        ...endProxies(ending),
        ...changeElements(meanwhile, lasting),
        ...removeProxies(ending),
    ];
}

function tearDown(observed: ObservedState): Step[] {
    const uids = observed.proxies.map(({ uid }) => uid);
    return [
        ...closeTable(observed),
        ...removeInputRules(observed),
        ...followResolvers(false, observed),
        ...endSpare(observed),
        ...endProxies(uids),
        ...only(observed.table !== 'absent', { action: 'delete-table' }),
        ...removeProxies(uids),
    ];
}

/** No door is left, and the proxies keep their guard until they ended. */
function closeTable(observed: ObservedState): Step[] {
    const doors = observed.elements.filter(isDoor);
    if (observed.table === 'ours') {
        return changeElements(doors, []);
    }
    const elements = support(observed.proxies);
    return only(observed.table === 'foreign', {
        action: 'load-table',
        elements,
    });
}
