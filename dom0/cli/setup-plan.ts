// From what is typed to the steps of `setup`.

import type { Result } from '../../shared/result.ts';
import { askAll } from '../ask.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Qube } from '../core/qube.ts';
import { typed } from '../core/setup/check-qubes.ts';
import { type Layout, layOut } from '../core/setup/layout.ts';
import { planSetup, qubesToMove, type SetupPlan } from '../core/setup/plan.ts';
import type { Refusal } from '../core/setup/refusal.ts';
import { qubesToAsk } from '../core/setup/template.ts';
import type { Wanted } from '../core/setup/wanted.ts';
import { Failure } from '../failure.ts';
import { inParallel } from '../in-parallel.ts';
import { isKnownAgent } from '../outdated.ts';
import { look, type View } from '../view.ts';
import { otherProxyvm } from './format/no-agent.ts';
import { explainFailure } from './format/situation.ts';
import { nothingChanged } from './output.ts';
import { expectClient, parseTypedName } from './resolve-qube.ts';

/** As typed; null: not given. */
export interface PlanArguments {
    readonly proxyvm: string;
    readonly clients: readonly string[];
    readonly netvm: string | null;
    readonly basedOn: string | null;
}

export interface PlannedSetup extends SetupPlan {
    /** The filter that the qubes have now, and that it would be put behind. */
    readonly filterAbove: Qube | null;
}

/** What there is to do, as it is now; fails if it cannot be done. */
export async function planNow(
    deps: CommandDeps,
    args: PlanArguments,
): Promise<PlannedSetup> {
    const view = await look(deps);
    const wanted = wantedOf(args, view);
    const layout = orFailure(
        layOut(wanted, view.system, new Set(view.placements.keys())),
    );
    await expectAgent(deps, view, layout, args.clients);
    const asked = qubesToAsk(layout, wanted.template, view.system);
    const features = await inParallel(
        asked.filter((name) => view.system.has(name)),
        async (name) => [name, await deps.qubeSetup.features(name)] as const,
    );
    const moved = qubesToMove(layout).map(({ name }) => name);
    const isFollowing = await inParallel(moved, deps.qubeSetup.followsDefault);
    const plan = orFailure(
        planSetup(layout, wanted.template, {
            system: view.system,
            features: new Map(features),
            following: new Set(moved.filter((_, at) => isFollowing[at])),
        }),
    );
    return {
        ...plan,
        filterAbove: await filterAbove(deps, view, layout, args),
    };
}

/** Who names its netvm knows where it is to be. */
async function filterAbove(
    deps: CommandDeps,
    view: View,
    { netvm, moved }: Layout,
    args: PlanArguments,
): Promise<Qube | null> {
    const isUnsaid = args.netvm === null && netvm !== null;
    return isUnsaid &&
        moved.length > 0 &&
        (await isKnownAgent(deps, view, netvm))
        ? (view.system.get(netvm) ?? null)
        : null;
}

/**
 * Of a ProxyVM that runs: nothing is ever filtered in one without an agent. If
 * qubes are moved, a step of the plan asks it.
 */
async function expectAgent(
    deps: CommandDeps,
    view: View,
    { proxyvm, existing, moved }: Layout,
    clients: readonly string[],
): Promise<void> {
    if (existing === null || existing.xid === null || moved.length > 0) {
        return;
    }
    for (const { result } of await askAll(deps, view, [proxyvm])) {
        if (!result.ok && result.error.kind === 'no-agent') {
            const { what, todo } = explainFailure(
                proxyvm,
                view.system,
                result.error,
            );
            const other = typed(otherProxyvm(view.system), clients);
            throw new Failure(
                nothingChanged(
                    `${what}, so nothing is filtered and no proxy answers ` +
                        clients.join(', '),
                    [...todo, `to have another ProxyVM made: ${other}`],
                ),
            );
        }
    }
}

function wantedOf(args: PlanArguments, { system }: View): Wanted {
    const names = [...new Set(args.clients.map(parseTypedName))];
    const named = (untrusted_name: string | null) =>
        untrusted_name === null ? null : parseTypedName(untrusted_name);
    return {
        proxyvm: parseTypedName(args.proxyvm),
        clients: names.map((name) => expectClient(system, name)),
        netvm: named(args.netvm),
        template: named(args.basedOn),
    };
}

function orFailure<T>(judged: Result<T, Refusal>): T {
    if (!judged.ok) {
        const { what, todo } = judged.error;
        throw new Failure(nothingChanged(what, todo));
    }
    return judged.value;
}
