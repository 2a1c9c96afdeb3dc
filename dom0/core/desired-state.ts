// What one ProxyVM is to do, as the document that its agent gets.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import {
    type DesiredClient,
    type DesiredState,
    type Filter,
    type Issued,
    protocolVersion,
} from '../../shared/protocol/desired-state.ts';
import { compileRules, countDistinct } from './compile-rules.ts';
import type { EffectiveRules } from './effective-rules.ts';
import { attachment, type Placement, type Placements } from './place.ts';
import type { Qube, System } from './qube.ts';

/** What `--drain` leaves of time to connections of before: an hour. */
export const drainSeconds = 60 * 60;

type ServedPlacement = Extract<Placement, { kind: 'served' }>;

/**
 * The clients placed at that ProxyVM, with their filters. A client whose
 * rule file has an error has none: what is in force for it stays.
 */
export function desiredState(
    proxyvm: QubeName,
    system: System,
    placements: Placements,
    issued: Issued,
): DesiredState {
    const clients: DesiredClient[] = [];
    for (const [name, placement] of placements) {
        const qube = system.get(name);
        if (
            qube !== undefined &&
            placement.kind === 'served' &&
            placement.proxyvm === proxyvm
        ) {
            clients.push(client(qube, placement, system));
        }
    }
    return { version: protocolVersion, issued, clients };
}

function client(
    qube: Qube,
    { xid, rules }: ServedPlacement,
    system: System,
): DesiredClient {
    return {
        name: qube.name,
        uuid: qube.uuid,
        xid,
        ranBefore: xid === null ? domainsOf(system) : [],
        ip4: attachment(qube.ip4, qube.gateway4),
        ip6: attachment(qube.ip6, qube.gateway6),
        filter: rules.ok ? filterOf(rules.value) : null,
        deadlines: [],
        record: 'refused',
        narrowing: 'end',
    };
}

function domainsOf(system: System): number[] {
    return [...system.values()].flatMap(({ xid }) => xid ?? []);
}

function filterOf(rules: EffectiveRules): Filter {
    return {
        default: rules.default,
        lines: compileRules(rules),
        rules: countDistinct(rules),
        connectPorts: [443],
        httpPorts: [80],
        upstreams: [],
        privateDestinations: [],
    };
}
