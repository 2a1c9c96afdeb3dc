// What dom0 knows of its qubes, as far as it concerns a filter.
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';

/** The classes of qubes that have a network property. */
export const qubeClasses = [
    'AppVM',
    'TemplateVM',
    'StandaloneVM',
    'DispVM',
] as const;
export type QubeClass = (typeof qubeClasses)[number];

export interface Qube {
    readonly name: QubeName;
    readonly uuid: Uuid;
    readonly class: QubeClass;
    /** The Xen domain it runs as; null when it does not run. */
    readonly xid: number | null;
    /** The Xen domain that emulates an HVM's devices. */
    readonly stubdomXid: number | null;
    readonly netvm: QubeName | null;
    readonly ip4: Ip4 | null;
    readonly ip6: Ip6 | null;
    /** The gateway as the qube itself knows it. */
    readonly gateway4: Ip4 | null;
    readonly gateway6: Ip6 | null;
    readonly providesNetwork: boolean;
    /** A disposable's is its disposable template. */
    readonly template: QubeName | null;
    readonly isDisposableTemplate: boolean;
}

/** All qubes but dom0 and remote ones, by name. */
export type System = ReadonlyMap<QubeName, Qube>;

/** Whether there is a qube of that name, and it runs. */
export function isRunning(system: System, name: QubeName): boolean {
    return (system.get(name)?.xid ?? null) !== null;
}

/**
 * Whose rule file a qube uses: its own, or a disposable's template's, as a
 * disposable inherits everything else from there.
 */
export function ruleOwnerName(qube: Qube): QubeName {
    return qube.class === 'DispVM' && qube.template !== null
        ? qube.template
        : qube.name;
}

/** The qubes that use the rule file of that name. */
export function usersOfFile(system: System, file: QubeName): Qube[] {
    return [...system.values()].filter((qube) => ruleOwnerName(qube) === file);
}

/** The Xen domains of those that run. */
export function xidsOf(qubes: Iterable<Qube>): ReadonlySet<number> {
    return new Set([...qubes].flatMap(({ xid }) => xid ?? []));
}

/** The qubes that have that one as their netvm. */
export function qubesBehind(system: System, netvm: QubeName): Qube[] {
    return [...system.values()].filter((qube) => qube.netvm === netvm);
}

/**
 * The netvm of a netvm, and so on. Qubes refuses loops; a listing that has one
 * ends where it closes.
 */
export function netvmsAbove(system: System, netvm: QubeName): QubeName[] {
    const above = new Set<QubeName>();
    let next = system.get(netvm)?.netvm ?? null;
    while (next !== null && !above.has(next)) {
        above.add(next);
        next = system.get(next)?.netvm ?? null;
    }
    return [...above];
}

/**
 * The template that a qube's root file system is from, a disposable's by way of
 * its disposable template; null without one.
 */
export function rootTemplate(system: System, name: QubeName): QubeName | null {
    const qube = system.get(name);
    const based =
        qube?.class === 'DispVM' && qube.template !== null
            ? system.get(qube.template)
            : qube;
    return based?.class === 'AppVM' ? based.template : null;
}

export function uuidsIn(system: System): ReadonlySet<Uuid> {
    return new Set([...system.values()].map(({ uuid }) => uuid));
}

/** Qubes to serve, and their Xen domain; null while one is starting. */
export type Served = ReadonlyMap<QubeName, number | null>;

/** The qubes that run now. */
export function runningQubes(system: System): Served {
    return new Map(
        [...system.values()]
            .filter((qube) => qube.xid !== null)
            .map((qube) => [qube.name, qube.xid]),
    );
}

/** A qube's netvm or template that is not there; null if all are. */
export function refersToMissing(
    system: System,
): { readonly qube: QubeName; readonly missing: QubeName } | null {
    for (const { name, netvm, template } of system.values()) {
        for (const missing of [netvm, template]) {
            if (missing !== null && !system.has(missing)) {
                return { qube: name, missing };
            }
        }
    }
    return null;
}
