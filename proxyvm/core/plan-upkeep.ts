// What there is to do between calls of dom0. Pure.
import { isResolver, resolverElements, without } from './element.ts';
import { changeElements, endProxies, removeProxies } from './make-steps.ts';
import type { ObservedState } from './observed-state.ts';
import { isServing } from './old-proxies.ts';
import type { ProxyUid } from './proxy-uid.ts';
import type { Plan } from './step.ts';
import { support } from './table-states.ts';

/** What follows from a changed resolv.conf, for proxies that run on. */
export function planResolvers(observed: ObservedState): Plan {
    if (observed.table !== 'ours') {
        return [];
    }
    const rest = observed.elements.filter((element) => !isResolver(element));
    const elements = [...rest, ...resolverElements(observed.resolvers)];
    return changeElements(observed.elements, elements);
}

/**
 * The end of a proxy that has drained; nothing if it serves again, or still,
 * where a call died before it led the door elsewhere.
 */
export function planEnd(uid: ProxyUid, observed: ObservedState): Plan {
    const proxy = observed.proxies.find((each) => each.uid === uid);
    if (!proxy?.isDraining || isServing(uid, observed)) {
        return [];
    }
    const rest = without(observed.elements, support([proxy]));
    return [
        ...endProxies([uid]),
        ...changeElements(observed.elements, rest),
        ...removeProxies([uid]),
    ];
}
