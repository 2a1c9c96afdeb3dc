// For every qube with rules: by which ProxyVM it is served, or why by none.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type AllFiles, type QubeRules, rulesOf } from './effective-rules.ts';
import {
    isRunning,
    type Qube,
    ruleOwnerName,
    type Served,
    type System,
    usersOfFile,
} from './qube.ts';
import { isForeign, noFile } from './rule-files.ts';
import { type Sharing, sharingAmong } from './sharing.ts';
import { type Held, holder, holdOn, type Stopped } from './stopped.ts';

export type Placement =
    | {
          readonly kind: 'served';
          readonly proxyvm: QubeName;
          readonly xid: number | null;
          readonly rules: QubeRules;
      }
    | Unserved;

/** Why a qube with rules is served by no ProxyVM. */
export type Unserved =
    | {
          readonly kind: 'stopped';
          readonly held: Held;
          /** The qube to start, so that it is started. */
          readonly start: QubeName;
      }
    | { readonly kind: 'foreign-file' }
    | { readonly kind: 'no-netvm' }
    | { readonly kind: 'halted'; readonly netvm: QubeName }
    /** A disposable template that does not run itself. */
    | {
          readonly kind: 'for-disposables';
          readonly running: readonly QubeName[];
      }
    | { readonly kind: 'netvm-halted'; readonly netvm: QubeName }
    | { readonly kind: 'no-address' }
    | ({ readonly kind: 'same-address' } & Sharing)
    | { readonly kind: 'too-many-clients'; readonly netvm: QubeName };

export type Placements = ReadonlyMap<QubeName, Placement>;

export interface PlaceInput extends AllFiles {
    readonly system: System;
    readonly stopped: Stopped;
    /** The qubes to serve: those that run, and those that start. */
    readonly serve: Served;
}

/** Where each qube with rules belongs, in the order of their names. */
export function place(input: PlaceInput): Placements {
    const placements = new Map<QubeName, Placement>();
    const clients = new Map<QubeName, number>();
    const behind = servedBehind(input);
    for (const qube of [...input.system.values()].sort(byName)) {
        const rules = rulesOf(input, qube);
        if (rules === null) {
            continue;
        }
        const placement = placeOne(input, behind, qube, rules);
        placements.set(qube.name, limited(placement, clients));
    }
    return placements;
}

function byName(a: Qube, b: Qube): number {
    return a.name < b.name ? -1 : 1;
}

type Behind = ReadonlyMap<QubeName, readonly Qube[]>;

/** By netvm, whoever runs or starts there, with rules or not. */
function servedBehind({ system, serve }: PlaceInput): Behind {
    const behind = new Map<QubeName, Qube[]>();
    for (const name of serve.keys()) {
        const qube = system.get(name);
        if (qube !== undefined && qube.netvm !== null) {
            const others = behind.get(qube.netvm) ?? [];
            others.push(qube);
            behind.set(qube.netvm, others);
        }
    }
    return behind;
}

function placeOne(
    { system, serve, stopped, files }: PlaceInput,
    behind: Behind,
    qube: Qube,
    rules: QubeRules,
): Placement {
    const held = holdOn(stopped, qube, system);
    if (held !== null) {
        return { kind: 'stopped', held, start: holder(qube, held) };
    }
    const own = files.get(ruleOwnerName(qube)) ?? noFile;
    if (isForeign(own, ruleOwnerName(qube), system)) {
        return { kind: 'foreign-file' };
    }
    const { netvm } = qube;
    const xid = serve.get(qube.name);
    if (qube.isDisposableTemplate && xid === undefined) {
        return { kind: 'for-disposables', running: disposables(system, qube) };
    }
    if (netvm === null) {
        return { kind: 'no-netvm' };
    }
    if (xid === undefined) {
        return { kind: 'halted', netvm };
    }
    if (!isRunning(system, netvm)) {
        return { kind: 'netvm-halted', netvm };
    }
    if (
        attachment(qube.ip4, qube.gateway4) === null &&
        attachment(qube.ip6, qube.gateway6) === null
    ) {
        return { kind: 'no-address' };
    }
    return (
        sharedAddress(system, behind, qube, netvm) ?? {
            kind: 'served',
            proxyvm: netvm,
            xid,
            rules,
        }
    );
}

/** Those of a disposable template that run. */
function disposables(system: System, { name }: Qube): QubeName[] {
    return usersOfFile(system, name)
        .filter((user) => user.name !== name && user.xid !== null)
        .map((user) => user.name);
}

/** A client's address and its gateway's, if it has both. */
export function attachment<Address>(
    client: Address | null,
    gateway: Address | null,
): { client: Address; gateway: Address } | null {
    return client === null || gateway === null ? null : { client, gateway };
}

/**
 * Whoever else runs behind that netvm, with rules or not, cannot be told apart
 * by an address it shares.
 */
function sharedAddress(
    system: System,
    behind: Behind,
    qube: Qube,
    netvm: QubeName,
): Placement | null {
    const gateway = system.get(netvm);
    const neighbours = [
        ...(gateway === undefined ? [] : [gateway]),
        ...(behind.get(netvm) ?? []).filter(({ name }) => name !== qube.name),
    ];
    const [first] = sharingAmong(neighbours, qube);
    return first === undefined ? null : { kind: 'same-address', ...first };
}

/** Those past what one ProxyVM takes are left out, by name. */
function limited(
    placement: Placement,
    clients: Map<QubeName, number>,
): Placement {
    if (placement.kind !== 'served') {
        return placement;
    }
    const before = clients.get(placement.proxyvm) ?? 0;
    clients.set(placement.proxyvm, before + 1);
    return before < limits.clients
        ? placement
        : { kind: 'too-many-clients', netvm: placement.proxyvm };
}
