// Whom `show` is about: all with rules, or those that are named.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Qube } from '../core/qube.ts';
import type { View } from '../view.ts';
import { affectedBy } from './affected.ts';
import { qubesWithRules } from './proxyvms.ts';
import { expectQube, parseTypedName } from './resolve-qube.ts';

export interface ShowScope {
    readonly qubes: readonly Qube[];
    /** The ProxyVMs of which all clients with rules are shown; null: all. */
    readonly proxyvms: readonly QubeName[] | null;
}

/**
 * A ProxyVM stands for its clients with rules, any other qube for itself,
 * with rules or not, and for its disposables.
 */
export function showScope(
    untrusted_names: readonly string[],
    view: View,
): ShowScope {
    if (untrusted_names.length === 0) {
        return { qubes: qubesWithRules(view, null), proxyvms: null };
    }
    const named = untrusted_names.map((untrusted_name) =>
        expectQube(view.system, parseTypedName(untrusted_name)),
    );
    const proxyvms = named.flatMap(({ name, providesNetwork }) =>
        providesNetwork ? [name] : [],
    );
    const clients = named.filter((qube) => !qube.providesNetwork);
    const qubes = [
        ...clients.flatMap((client) => withDisposables(client, view)),
        ...qubesWithRules(view, proxyvms),
    ];
    return { qubes: [...new Set(qubes)], proxyvms };
}

/** Those behind its netvm, which is the one that is asked. */
function withDisposables(client: Qube, { system, placements }: View): Qube[] {
    return affectedBy([client], system).filter(
        ({ name, netvm }) =>
            name === client.name ||
            (netvm === client.netvm && placements.has(name)),
    );
}

export function isWhole({ proxyvms }: ShowScope, proxyvm: QubeName): boolean {
    return proxyvms === null || proxyvms.includes(proxyvm);
}
