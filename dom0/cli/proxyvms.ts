import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Told } from '../core/concerned.ts';
import type { Qube } from '../core/qube.ts';
import { proxyvmsInUse } from '../outdated.ts';
import type { View } from '../view.ts';
import { asClient, expectQube, parseTypedName } from './resolve-qube.ts';

/**
 * The ProxyVMs that are named, or those of named clients, or all that have or
 * had something to do, but for the excluded ones. A client without a netvm has
 * none.
 */
export function chooseProxyvms(
    names: readonly string[],
    view: View,
    told: Told,
    exclude: readonly string[] = [],
): QubeName[] {
    const excluded = exclude.flatMap((name) => proxyvmsOf(name, view));
    if (names.length > 0) {
        return [...new Set(names.flatMap((name) => proxyvmsOf(name, view)))];
    }
    return proxyvmsInUse(view, told).filter((each) => !excluded.includes(each));
}

/** The qubes with rules: behind those netvms, or all. */
export function qubesWithRules(
    { system, placements }: View,
    netvms: readonly QubeName[] | null,
): Qube[] {
    return [...placements.keys()].flatMap((name) => {
        const qube = system.get(name);
        const isIn =
            netvms === null ||
            (qube !== undefined &&
                qube.netvm !== null &&
                netvms.includes(qube.netvm));
        return qube !== undefined && isIn ? [qube] : [];
    });
}

function proxyvmsOf(untrusted_name: string, { system }: View): QubeName[] {
    const name = parseTypedName(untrusted_name);
    const qube = expectQube(system, name);
    if (qube.providesNetwork) {
        return [name];
    }
    const { netvm } = asClient(qube);
    return netvm === null ? [] : [netvm];
}

/** All that run and provide network, and those that were told something. */
export function allProxyvms({ system }: View, told: Told): Qube['name'][] {
    const running = [...system.values()]
        .filter((qube) => qube.providesNetwork && qube.xid !== null)
        .map((qube) => qube.name);
    return [...new Set([...running, ...told.keys()])].sort();
}
