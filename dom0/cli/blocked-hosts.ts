// Which hosts qubes were refused, and what the rules of now say of them.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { type AskedProxyvm, askForRequests } from '../ask-requests.ts';
import type { Learner } from '../core/learning.ts';
import { type Qube, ruleOwnerName } from '../core/qube.ts';
import { type Remedy, remedies } from '../core/requests/remedy.ts';
import type {
    QubeRequests,
    RequestBook,
} from '../core/requests/request-book.ts';
import {
    type RefusedHost,
    refusedAmong,
} from '../core/requests/requested-host.ts';
import type { Deps } from '../deps.ts';
import { proxyvmsInUse } from '../outdated.ts';
import type { View } from '../view.ts';
import { hindranceOf } from './hindrance.ts';
import { knownRules } from './known-rules.ts';
import { howToSetLan } from './lan-file.ts';
import { learnerOf } from './learner-of.ts';
import { qubesWithRules } from './proxyvms.ts';
import { typedClients } from './resolve-qube.ts';

export interface BlockedHost extends RefusedHost {
    readonly remedy: Remedy;
}

/** What a qube was refused. */
export interface BlockedOf {
    readonly qube: Qube;
    /** Whose rule file it uses. */
    readonly owner: QubeName;
    /** The newest last. */
    readonly hosts: readonly BlockedHost[];
    /** Null if no ProxyVM tells of it. */
    readonly told: QubeRequests | null;
    /** Null if it does not learn. */
    readonly learner: Learner | null;
}

export interface Blocked {
    readonly qubes: readonly BlockedOf[];
    readonly proxyvms: readonly AskedProxyvm[];
}

export interface Scope {
    /** None: all that are told of. */
    readonly qubes: readonly string[];
    readonly since: Date | null;
}

/** Asks the ProxyVMs of those qubes; the qube with the newest host is last. */
export async function findBlocked(
    deps: Deps,
    view: View,
    { qubes, since }: Scope,
): Promise<Blocked> {
    const named = namedQubes(view, qubes);
    const proxyvms = await proxyvmsFor(deps, view, named);
    const asked = await askForRequests(deps, view, proxyvms, since);
    const all = (named ?? [...view.system.values()]).map((qube) =>
        blockedOf(view, qube, asked.book, since),
    );
    return {
        qubes: all
            .filter((each) => named !== null || each.told !== null)
            .sort(byNewest),
        proxyvms: asked.proxyvms,
    };
}

/** Null: none is named. The name of a ProxyVM is for its clients, too. */
export function namedQubes(
    view: View,
    untrusted_names: readonly string[],
): Qube[] | null {
    const named = typedClients(view.system, untrusted_names);
    const meant = named.flatMap((qube) => withClients(view, qube));
    return named.length === 0 ? null : [...new Set(meant)];
}

/** Not itself, if only they have rules. */
function withClients(view: View, qube: Qube): Qube[] {
    const clients = qube.providesNetwork
        ? qubesWithRules(view, [qube.name])
        : [];
    return clients.length === 0 || view.placements.has(qube.name)
        ? [qube, ...clients]
        : clients;
}

/** Those that serve the qubes, or all in use. */
export async function proxyvmsFor(
    deps: Deps,
    view: View,
    named: readonly Qube[] | null,
): Promise<QubeName[]> {
    return named === null
        ? proxyvmsInUse(view, await deps.told.read())
        : [...new Set(named.flatMap(({ netvm }) => netvm ?? []))];
}

/** Where those qubes are by now. */
export function proxyvmsNow(
    deps: Deps,
    view: View,
    named: readonly Qube[] | null,
): Promise<QubeName[]> {
    const qubes = named?.map((qube) => view.system.get(qube.name) ?? qube);
    return proxyvmsFor(deps, view, qubes ?? null);
}

function blockedOf(
    view: View,
    qube: Qube,
    book: RequestBook,
    since: Date | null,
): BlockedOf {
    const told = book.of(qube.name);
    const recent = (told?.hosts ?? []).filter(
        ({ last }) => since === null || last >= since,
    );
    const remedyFor = remediesOf(view, qube);
    const hosts = refusedAmong(recent).map((host) => ({
        ...host,
        remedy: remedyFor(host),
    }));
    const learner = learnerOf(view, qube);
    return { qube, owner: ruleOwnerName(qube), hosts, told, learner };
}

export type RemedyFor = (host: RefusedHost) => Remedy;

/** Nothing is allowed now by rules that are not in force. */
export function remediesOf(view: View, qube: Qube): RemedyFor {
    const rules = knownRules(view, qube);
    if (!rules.ok) {
        return () => ({ kind: 'unknown' });
    }
    // What it may reach while it learns says nothing of later.
    const remedyFor = remedies(
        { ...rules.value, learnsUntil: null },
        howToSetLan(view, qube),
    );
    const isInForce = hindranceOf(qube, rules, view) === null;
    return (host) => {
        const remedy = remedyFor(host);
        return remedy.kind === 'none-needed' && !isInForce
            ? { kind: 'unknown' }
            : remedy;
    };
}

function byNewest(one: BlockedOf, other: BlockedOf): number {
    const newest = ({ hosts }: BlockedOf) => hosts.at(-1)?.last.getTime() ?? 0;
    return newest(one) - newest(other);
}
