// What an answer says of this ProxyVM.
import type {
    ClientReport,
    EndedReport,
    Report,
} from '../shared/protocol/answer.ts';
import {
    addressesOf,
    type DesiredClient,
} from '../shared/protocol/desired-state.ts';
import { limits } from '../shared/protocol/limits.ts';
import type { Applied } from './apply/apply.ts';
import { describeStep, type NameOf } from './core/describe-step.ts';
import { portsFor } from './core/element.ts';
import type { ObservedProxy, ObservedState } from './core/observed-state.ts';
import type { KnownProxy } from './core/proxy-record.ts';
import { type ProxyUid, portOf } from './core/proxy-uid.ts';
import type { TinyproxyVersion } from './core/tinyproxy-version.ts';

/** After an apply, or for a plan: the clients that dom0 named. */
export function reportOf(
    tinyproxy: TinyproxyVersion | null,
    applied: Applied,
    ended: ReadonlyMap<ProxyUid, number> = new Map(),
): Report {
    const { observed, assignments, steps } = applied;
    return {
        ...versionTexts(tinyproxy),
        steps: steps
            .slice(0, limits.steps)
            .map((step) => describeStep(step, namesOf(applied))),
        clients: assignments.clients.map((assignment) =>
            clientReport(assignment, observed),
        ),
        ended: endedOf(ended, applied),
    };
}

/** Without a document: the clients that have a door. */
export function statusOf(
    tinyproxy: TinyproxyVersion | null,
    observed: ObservedState,
): Report {
    const reported = observed.proxies.flatMap((proxy) =>
        proxy.isAlive ? reportedOf(proxy, observed) : [],
    );
    const byClient = new Map(reported.map((each) => [each.client.uuid, each]));
    return {
        ...versionTexts(tinyproxy),
        steps: [],
        clients: [...byClient.values()].map((each) =>
            clientReport(each, observed),
        ),
        ended: [],
    };
}

/** None if no door of its client leads anywhere, or to a newer proxy of it. */
function reportedOf(
    { uid, record }: ObservedProxy,
    observed: ObservedState,
): Reported[] {
    if (record === null) {
        return [];
    }
    const closed = (reason: string) => [
        { client: record, proxy: null, reason },
    ];
    const ports = portsFor(addressesOf(record), observed.elements);
    const other = observed.proxies.find(
        (each) =>
            ports.has(portOf(each.uid)) && each.record?.uuid !== record.uuid,
    );
    if (other !== undefined) {
        const whose = other.record?.name ?? 'nobody known';
        return closed(
            `its port ${limits.gatewayPort} leads to the proxy of ${whose}, ` +
                'not to its own',
        );
    }
    if (!ports.has(portOf(uid))) {
        return [];
    }
    return observed.inputRule.ip === 'absent'
        ? closed(shut)
        : [{ client: record, proxy: { uid, record } }];
}

const shut = 'our rule in custom-input of table ip qubes is gone';

function versionTexts(tinyproxy: TinyproxyVersion | null) {
    return { agent: PROGRAM_VERSION, tinyproxy: tinyproxy?.text ?? '' };
}

interface Reported {
    readonly client: Pick<DesiredClient, 'name' | 'uuid'>;
    readonly proxy: KnownProxy | null;
    readonly reason?: string;
}

function clientReport(
    { client, proxy, reason = '' }: Reported,
    observed: ObservedState,
): ClientReport {
    return {
        name: client.name,
        uuid: client.uuid,
        state: stateOf(proxy, reason),
        reason,
        port: proxy ? portOf(proxy.uid) : null,
        rules: proxy?.record.filter.rules ?? 0,
        ...drainingOf(client.uuid, observed),
    };
}

function stateOf(
    proxy: KnownProxy | null,
    reason: string,
): ClientReport['state'] {
    if (proxy === null) {
        return 'closed';
    }
    return reason === '' ? 'served' : 'held';
}

function drainingOf(
    uuid: string,
    observed: ObservedState,
): Pick<ClientReport, 'draining' | 'wider'> {
    const draining = observed.proxies.filter(
        ({ record, isDraining }) => isDraining && record?.uuid === uuid,
    );
    const wider = draining.filter(({ beside }) => beside !== null);
    return { draining: draining.length, wider: wider.length };
}

/** Whose connections were ended, with their proxies. */
function endedOf(
    ended: ReadonlyMap<ProxyUid, number>,
    { before, observed }: Pick<Applied, 'before' | 'observed'>,
): EndedReport[] {
    const proxies = [...observed.proxies, ...before.proxies];
    const reports = new Map<string, EndedReport>();
    for (const [uid, connections] of ended) {
        const record = proxies.find((each) => each.uid === uid)?.record;
        if (record && connections > 0) {
            const { name, uuid } = record;
            const known = reports.get(uuid)?.connections ?? 0;
            reports.set(uuid, { name, uuid, connections: known + connections });
        }
    }
    return [...reports.values()];
}

function namesOf({ before, observed, assignments }: Applied): NameOf {
    const names = new Map<ProxyUid, string>();
    for (const { uid, record } of [...observed.proxies, ...before.proxies]) {
        if (record !== null) {
            names.set(uid, record.name);
        }
    }
    for (const { client, proxy } of assignments.clients) {
        if (proxy) {
            names.set(proxy.uid, client.name);
        }
    }
    return (uid) => names.get(uid) ?? 'an unknown qube';
}
