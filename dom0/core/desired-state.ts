// What one ProxyVM is to do, as the document that its agent gets.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import {
    type DesiredClient,
    type DesiredState,
    type Issued,
    protocolVersion,
} from '../../shared/protocol/desired-state.ts';
import { deadlinesOf } from './deadlines.ts';
import { filterOf, watchable } from './filter.ts';
import type { Moment } from './moment.ts';
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
    moment: Moment,
): DesiredState {
    const clients: DesiredClient[] = [];
    for (const [name, placement] of placements) {
        const qube = system.get(name);
        if (
            qube !== undefined &&
            placement.kind === 'served' &&
            placement.proxyvm === proxyvm
        ) {
            clients.push(client(qube, placement, system, moment));
        }
    }
    return { version: protocolVersion, issued, clients };
}

function client(
    qube: Qube,
    { xid, rules }: ServedPlacement,
    system: System,
    moment: Moment,
): DesiredClient {
    const told = rules.ok ? watchable(rules.value) : null;
    return {
        name: qube.name,
        uuid: qube.uuid,
        xid,
        stubdomXid: xid === null ? null : qube.stubdomXid,
        ranBefore: xid === null ? domainsOf(system) : [],
        ip4: attachment(qube.ip4, qube.gateway4),
        ip6: attachment(qube.ip6, qube.gateway6),
        filter: told && filterOf(told),
        deadlines: told === null ? [] : deadlinesOf(told, moment),
        narrowing: 'end',
    };
}

function domainsOf(system: System): number[] {
    return [...system.values()].flatMap(({ xid, stubdomXid }) =>
        [xid, stubdomXid].filter((each) => each !== null),
    );
}
