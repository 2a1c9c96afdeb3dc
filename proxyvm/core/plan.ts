// From what is wanted and what is there to the steps in between. Pure. The
// order is the safety: close first, open last, and whatever runs lets out
// only what both the old and the new state, or the new one, allow.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import {
    type AssignedProxy,
    type Assignments,
    assign,
    noObstacles,
    type Obstacles,
} from './assign.ts';
import {
    doorsOf,
    type Element,
    isDoor,
    isResolver,
    keyText,
    resolverElements,
    supportOf,
    without,
} from './element.ts';
import type { Family, ObservedState } from './observed-state.ts';
import { type ProxyUid, portOf } from './proxy-uid.ts';
import type { Plan, Step } from './step.ts';

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

/** What follows from a changed resolv.conf, for proxies that run on. */
export function planResolvers(observed: ObservedState): Plan {
    if (observed.table !== 'ours') {
        return [];
    }
    const rest = observed.elements.filter((element) => !isResolver(element));
    const elements = [...rest, ...resolverElements(observed.resolvers)];
    return changeElements(observed.elements, elements);
}

/** The end of a proxy that has drained; nothing if it serves again. */
export function planEnd(uid: ProxyUid, observed: ObservedState): Plan {
    const proxy = observed.proxies.find((each) => each.uid === uid);
    if (!proxy?.isDraining) {
        return [];
    }
    const rest = without(observed.elements, support([proxy]));
    return [
        ...endProxies([uid]),
        ...changeElements(observed.elements, rest),
        ...removeProxies([uid]),
    ];
}

function serve(assignments: Assignments, observed: ObservedState): Step[] {
    const served = assignments.clients.flatMap(({ client, proxy }) =>
        proxy ? [{ client, proxy }] : [],
    );
    const started = served
        .map(({ proxy }) => proxy)
        .filter(({ isNew }) => isNew);
    const doors = served.flatMap(({ client, proxy }) =>
        doorsOf(client, proxy.uid),
    );
    const lasting = [
        ...doors,
        ...support([
            ...served.map(({ proxy }) => proxy),
            ...assignments.draining,
        ]),
        ...resolverElements(observed.resolvers),
    ];
    const ending = assignments.ending.map(({ uid }) => uid);
    const meanwhile = union(lasting, support(assignments.ending));

    const closed = closing(lasting, served, observed);
    const base =
        observed.table === 'ours' ? closed : reload(meanwhile, observed);
    return [
        ...(observed.table === 'ours'
            ? changeElements(observed.elements, closed)
            : [{ action: 'load-table', elements: base } as const]),
        ...inputRules(observed),
        ...followResolvers(true, observed),
        ...keep(assignments, observed),
        ...start(started),
        ...changeElements(base, meanwhile),
        ...drain(assignments, observed),
        ...endProxies(ending),
        ...changeElements(meanwhile, lasting),
        ...removeProxies(ending),
    ];
}

function tearDown(observed: ObservedState): Step[] {
    const uids = observed.proxies.map(({ uid }) => uid);
    return [
        ...closeTable(observed),
        ...families
            .filter((family) => isThere(observed.inputRule[family]))
            .map((family): Step => ({ action: 'remove-input-rule', family })),
        ...followResolvers(false, observed),
        ...endProxies(uids),
        ...removeProxies(uids),
        ...only(observed.table !== 'absent', { action: 'delete-table' }),
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

/**
 * The elements now, less the doors that nobody has any more, or somebody
 * else: the next one at an address waits outside until his own is open.
 */
function closing(
    lasting: readonly Element[],
    served: readonly ServedClient[],
    observed: ObservedState,
): Element[] {
    const ownersNow = new Map<number | null, string>();
    for (const { uid, record } of observed.proxies) {
        if (record !== null) {
            ownersNow.set(portOf(uid), record.uuid);
        }
    }
    const ownersThen = new Map<number | null, string>(
        served.map(({ client, proxy }) => [portOf(proxy.uid), client.uuid]),
    );
    const then = new Map(lasting.map((each) => [keyText(each), each]));
    return observed.elements.filter((element) => {
        const successor = then.get(keyText(element));
        const owner = ownersNow.get(element.value);
        const isKept =
            successor !== undefined &&
            owner !== undefined &&
            owner === ownersThen.get(successor.value);
        return !isDoor(element) || isKept;
    });
}

interface ServedClient {
    readonly client: DesiredClient;
    readonly proxy: AssignedProxy;
}

/** What a fresh table may hold at once: all but doors to what starts yet. */
function reload(
    meanwhile: readonly Element[],
    observed: ObservedState,
): Element[] {
    const alive = observed.proxies.filter(({ isAlive }) => isAlive);
    const supported = new Set(support(alive).map(keyText));
    const ports = new Set(
        support(alive)
            .filter(({ set }) => set === 'instance')
            .map(({ key }) => key[0]),
    );
    return meanwhile.filter((element) => {
        if (isResolver(element)) {
            return true;
        }
        return isDoor(element)
            ? ports.has(element.value ?? 0)
            : supported.has(keyText(element));
    });
}

function support(
    proxies: readonly (Pick<AssignedProxy, 'uid'> & {
        readonly record: AssignedProxy['record'] | null;
    })[],
): Element[] {
    return proxies.flatMap(({ uid, record }) =>
        record ? supportOf(uid, record) : [],
    );
}

function union(left: readonly Element[], right: readonly Element[]): Element[] {
    return [...left, ...without(right, left)];
}

function changeElements(
    from: readonly Element[],
    to: readonly Element[],
): Step[] {
    const remove = without(from, to);
    const add = without(to, from);
    return only(remove.length + add.length > 0, {
        action: 'change-elements',
        remove,
        add,
    });
}

function only(condition: boolean, step: Step): Step[] {
    return condition ? [step] : [];
}

const families: readonly Family[] = ['ip', 'ip6'];

function inputRules(observed: ObservedState): Step[] {
    return families
        .filter((family) => isToInsert(observed.inputRule[family]))
        .map((family) => ({ action: 'insert-input-rule', family }));
}

type InputRule = ObservedState['inputRule'][Family];

function isToInsert(rule: InputRule): boolean {
    return rule === 'absent' || rule === 'foreign';
}

function isThere(rule: InputRule): boolean {
    return rule === 'ours' || rule === 'foreign';
}

function followResolvers(on: boolean, observed: ObservedState): Step[] {
    return only(observed.followsResolvers !== on, {
        action: 'follow-resolvers',
        on,
    });
}

function start(proxies: readonly AssignedProxy[]): Step[] {
    const uids = proxies.map(({ uid }) => uid);
    return [
        ...proxies.map(
            ({ uid, record }): Step => ({ action: 'write-proxy', uid, record }),
        ),
        ...only(uids.length > 0, { action: 'start-proxies', uids }),
    ];
}

/** A draining proxy that serves again must not end when it is idle. */
function keep(assignments: Assignments, observed: ObservedState): Step[] {
    const draining = drainingUids(observed);
    const uids = assignments.clients
        .flatMap(({ proxy }) => (proxy ? [proxy.uid] : []))
        .filter((uid) => draining.has(uid));
    return only(uids.length > 0, { action: 'keep-proxies', uids });
}

function drain(assignments: Assignments, observed: ObservedState): Step[] {
    const draining = drainingUids(observed);
    const uids = assignments.draining
        .map(({ uid }) => uid)
        .filter((uid) => !draining.has(uid));
    return only(uids.length > 0, { action: 'drain-proxies', uids });
}

function drainingUids(observed: ObservedState): Set<ProxyUid> {
    const draining = observed.proxies.filter(({ isDraining }) => isDraining);
    return new Set(draining.map(({ uid }) => uid));
}

function endProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'end-proxies', uids });
}

function removeProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'remove-proxies', uids });
}
