// What the elements of our table are before, while and after a plan.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import type { Assignments } from './assign.ts';
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
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import type { KnownProxy } from './proxy-record.ts';
import { portOf } from './proxy-uid.ts';

export interface TableStates {
    /** First of all: what has to be closed is, and nothing is opened. */
    readonly closed: readonly Element[];
    /** The new doors are open, and what ends may answer until it has. */
    readonly meanwhile: readonly Element[];
    readonly lasting: readonly Element[];
}

export function tableStates(
    assignments: Assignments,
    observed: ObservedState,
): TableStates {
    const served = assignments.clients.flatMap(({ client, proxy }) =>
        proxy ? [{ client, proxy }] : [],
    );
    const lasting = [
        ...served.flatMap(({ client, proxy }) => doorsOf(client, proxy.uid)),
        ...support([
            ...served.map(({ proxy }) => proxy),
            ...assignments.draining.map(({ proxy }) => proxy),
        ]),
        ...resolverElements(observed.resolvers),
    ];
    const meanwhile = union(lasting, support(assignments.ending));
    const closed =
        observed.table === 'ours'
            ? closing(lasting, served, observed)
            : reload(meanwhile, observed);
    return { closed, meanwhile, lasting };
}

/**
 * The elements now, less what proxies that are gone have left, and less the
 * doors that nobody has any more, or somebody else: the next one at an
 * address waits outside until his own is open.
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
    const supported = new Set(support(observed.proxies).map(keyText));
    return observed.elements.filter((element) => {
        if (!isDoor(element)) {
            return isResolver(element) || supported.has(keyText(element));
        }
        const successor = then.get(keyText(element));
        const owner = ownersNow.get(element.value);
        return (
            successor !== undefined &&
            owner !== undefined &&
            owner === ownersThen.get(successor.value)
        );
    });
}

interface ServedClient {
    readonly client: DesiredClient;
    readonly proxy: KnownProxy;
}

/** What a fresh table may hold at once: all but doors to what starts yet. */
function reload(
    meanwhile: readonly Element[],
    observed: ObservedState,
): Element[] {
    const alive = observed.proxies.filter(
        ({ isAlive, record }) => isAlive && record !== null,
    );
    const supported = new Set(support(alive).map(keyText));
    const ports = new Set<number | null>(alive.map(({ uid }) => portOf(uid)));
    return meanwhile.filter((element) => {
        if (isResolver(element)) {
            return true;
        }
        return isDoor(element)
            ? ports.has(element.value)
            : supported.has(keyText(element));
    });
}

/** All that these proxies need beside their doors. */
export function support(
    proxies: readonly Pick<ObservedProxy, 'uid' | 'record'>[],
): Element[] {
    return proxies.flatMap(({ uid, record }) =>
        record ? supportOf(uid, record) : [],
    );
}

function union(left: readonly Element[], right: readonly Element[]): Element[] {
    return [...left, ...without(right, left)];
}
