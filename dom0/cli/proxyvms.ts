import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Told } from '../core/concerned.ts';
import { Failure } from '../failure.ts';
import type { View } from '../view.ts';
import { parseTypedName } from './resolve-qube.ts';
import { UsageError } from './usage-error.ts';

/** The ProxyVMs that are named, or all that have or had something to do. */
export function chooseProxyvms(
    names: readonly string[],
    view: View,
    told: Told,
): QubeName[] {
    if (names.length > 0) {
        return [...new Set(names.map((name) => expectProxyvm(name, view)))];
    }
    const all = new Set<QubeName>(told.keys());
    for (const placement of view.placements.values()) {
        if (placement.kind === 'served') {
            all.add(placement.proxyvm);
        }
    }
    return [...all].sort();
}

function expectProxyvm(untrusted_name: string, { system }: View): QubeName {
    const name = parseTypedName(untrusted_name);
    const qube = system.get(name);
    if (qube === undefined) {
        throw new UsageError(`no such qube: '${name}'`);
    }
    if (!qube.providesNetwork) {
        throw new Failure(
            `${name} provides no network to others, so it is no ProxyVM; ` +
                'name its netvm',
        );
    }
    return name;
}
