// Where the ProxyVM and its clients are to be in the chain of netvms, or why
// they cannot be there.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { netvmsAbove, type Qube, qubesBehind, type System } from '../qube.ts';
import { refuseClients, refuseProxyvm, typed } from './check-qubes.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { Wanted } from './wanted.ts';

export interface Layout {
    readonly proxyvm: QubeName;
    /** Null: it is to be made. */
    readonly existing: Qube | null;
    /** Its netvm to be; null: it is left as it is. */
    readonly netvm: QubeName | null;
    /** The clients that are not behind it yet. */
    readonly moved: readonly Qube[];
    /** Those that are behind it already: they go where it goes. */
    readonly behind: readonly Qube[];
}

/** Whether it is there and has to be started for those who are moved. */
export function isToStart({ existing, moved }: Layout): boolean {
    return existing !== null && existing.xid === null && moved.length > 0;
}

/** Judges all but the template. `filtered` are the qubes with rules. */
export function layOut(
    wanted: Wanted,
    system: System,
    filtered: ReadonlySet<QubeName>,
): Result<Layout, Refusal> {
    const { proxyvm, clients } = wanted;
    const existing = system.get(proxyvm) ?? null;
    const refused =
        (existing && refuseProxyvm(wanted, existing)) ??
        refuseClients(wanted, system);
    if (refused !== null) {
        return err(refused);
    }
    const moved = clients.filter(({ netvm }) => netvm !== proxyvm);
    const chosen = chooseNetvm(wanted, moved);
    if (!chosen.ok) {
        return chosen;
    }
    const isKept = chosen.value === (existing?.netvm ?? null);
    const layout = {
        proxyvm,
        existing,
        netvm: isKept ? null : chosen.value,
        moved,
        behind: existing === null ? [] : qubesBehind(system, proxyvm),
    };
    const unfit =
        refuseNetvm(proxyvm, chosen.value, system) ??
        refuseOthers(wanted, layout, filtered) ??
        refuseUnsaid(wanted, layout);
    return unfit === null ? ok(layout) : err(unfit);
}

/** The one that is named, or that all who are moved have now. */
function chooseNetvm(
    { proxyvm, netvm, clients }: Wanted,
    moved: readonly Qube[],
): Result<QubeName | null, Refusal> {
    const [first, ...others] = moved;
    if (netvm !== null || first === undefined) {
        return ok(netvm);
    }
    const offline = moved.find((each) => each.netvm === null);
    const command = withNetvm({ proxyvm, clients }, 'NETVM');
    const say = `to say behind which netvm ${proxyvm} is to be: ${command}`;
    if (offline !== undefined) {
        return err(
            refusal(`${offline.name} has no netvm, it is kept offline`, say),
        );
    }
    const other = others.find((each) => each.netvm !== first.netvm);
    return other === undefined
        ? ok(first.netvm)
        : err(
              refusal(
                  `${first.name} is behind ${first.netvm}, and ${other.name} ` +
                      `behind ${other.netvm}`,
                  'to keep that: one ProxyVM for each of these netvms',
                  say,
              ),
          );
}

function withNetvm(
    { proxyvm, clients }: Pick<Wanted, 'proxyvm' | 'clients'>,
    netvm: string,
): string {
    const names = clients.map(({ name }) => name);
    return `${typed(proxyvm, names)} --netvm ${netvm}`;
}

function refuseNetvm(
    proxyvm: QubeName,
    netvm: QubeName | null,
    system: System,
): Refusal | null {
    if (netvm === null) {
        return null;
    }
    const qube = system.get(netvm);
    if (qube === undefined) {
        return refusal(`there is no qube ${netvm} to be the netvm`);
    }
    if (!qube.providesNetwork) {
        return refusal(`${netvm} provides no network`);
    }
    const chain = [netvm, ...netvmsAbove(system, netvm)];
    return chain.includes(proxyvm)
        ? refusal(
              `${proxyvm} cannot be behind ${netvm}, which has its own ` +
                  `network from ${proxyvm}`,
          )
        : null;
}

/** Who is not named must not be led elsewhere, nor get a proxy beside it. */
function refuseOthers(
    wanted: Wanted,
    layout: Layout,
    filtered: ReadonlySet<QubeName>,
): Refusal | null {
    const { proxyvm, netvm, moved } = layout;
    const named = new Set(wanted.clients.map(({ name }) => name));
    const others = layout.behind.filter(({ name }) => !named.has(name));
    if (netvm !== null && others.length > 0) {
        return refuseMove(wanted, layout, others);
    }
    const foreign = others.filter(({ name }) => !filtered.has(name));
    return moved.length > 0 && foreign.length > 0
        ? refuseFirewall(proxyvm, moved, foreign, named)
        : null;
}

/** Where a client has its network from now says nothing of the other ones. */
function refuseUnsaid(wanted: Wanted, layout: Layout): Refusal | null {
    return wanted.netvm === null &&
        layout.netvm !== null &&
        layout.behind.length > 0
        ? refuseMove(
              wanted,
              layout,
              layout.behind,
              `to move them all: ${withNetvm(wanted, layout.netvm)}`,
          )
        : null;
}

function refuseMove(
    wanted: Wanted,
    { proxyvm, existing, netvm }: Layout,
    others: readonly Qube[],
    ...more: readonly string[]
): Refusal {
    const now = existing?.netvm ?? null;
    return refusal(
        `${proxyvm} would have to be moved behind ${netvm}, and with it ` +
            namesOf(others),
        ...(now === null
            ? []
            : [`to leave it there: ${withNetvm(wanted, now)}`]),
        ...more,
        'or choose another name for the ProxyVM: it will be made',
    );
}

/** Of a qube that others without rules have as their netvm. */
function refuseFirewall(
    proxyvm: QubeName,
    moved: readonly Qube[],
    foreign: readonly Qube[],
    named: ReadonlySet<QubeName>,
): Refusal {
    const all = [...named, ...foreign.map(({ name }) => name)];
    const canBeNamed = foreign.every(
        ({ class: kind, providesNetwork }) =>
            kind !== 'DispVM' && kind !== 'TemplateVM' && !providesNetwork,
    );
    return refusal(
        `${proxyvm} is the netvm of ${namesOf(foreign)} as well; Qubes ` +
            'advises to have a qube of its own for a service',
        'better choose another name for the ProxyVM: it will be made',
        ...(canBeNamed ? [`if all are meant: ${typed(proxyvm, all)}`] : []),
        ...moved.map(
            ({ name }) =>
                `to use it all the same: qvm-prefs ${name} netvm ${proxyvm}`,
        ),
    );
}

function namesOf(qubes: readonly Qube[]): string {
    return qubes.map(({ name }) => name).join(', ');
}
