// All that the doctor looks at: dom0, then the netvms of qubes, then them.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { nextProxy } from '../../../shared/protocol/route.ts';
import { walkOver } from '../../ask.ts';
import type { CommandDeps } from '../../command-deps.ts';
import type { Check } from '../../core/doctor/check.ts';
import { examineClient } from '../../core/doctor/examine-client.ts';
import { examineDom0 } from '../../core/doctor/examine-dom0.ts';
import { examineProxyvm } from '../../core/doctor/examine-proxyvm.ts';
import {
    examineLock,
    examineRequest,
    type Probe,
    whyNoProbe,
} from '../../core/doctor/examine-request.ts';
import { probeTargetOf } from '../../core/doctor/probe-target.ts';
import { rulesOf } from '../../core/effective-rules.ts';
import type { Findings } from '../../core/lint/finding.ts';
import { isRunning, type Qube } from '../../core/qube.ts';
import { inParallel } from '../../in-parallel.ts';
import type { View } from '../../view.ts';
import { aroundOf } from '../way-around.ts';
import { type Asked, askProxyvm, factsOfProxyvm } from './ask-proxyvm.ts';
import { factsOfClient } from './client-facts.ts';
import { readNotes } from './read-notes.ts';

export interface Chosen {
    readonly qubes: readonly Qube[];
    /** These beside the netvms of the qubes. */
    readonly proxyvms: readonly QubeName[];
}

/** Each is looked at, whatever is wrong with another one. */
export async function examineAll(
    deps: CommandDeps,
    view: View,
    { qubes, proxyvms }: Chosen,
    lint: Findings,
): Promise<readonly Check[]> {
    const [notes, policy] = await Promise.all([
        readNotes(deps, view),
        deps.readPolicy(),
    ]);
    const ofDom0 = examineDom0({ ...notes, policy });
    const netvms = netvmsOf(view, qubes, proxyvms);
    const asked = await walkOver(deps, 'examining', netvms, (netvm) =>
        askProxyvm(deps, view, netvm, notes),
    );
    const ofNetvms = new Map(
        asked.map((each) => [
            each.proxyvm,
            examineProxyvm(factsOfProxyvm(view, each)),
        ]),
    );
    const ofQubes = await inParallel(qubes, (qube) => {
        const netvmChecks = checksOf(ofNetvms, qube.netvm);
        const own = asked.find(({ proxyvm }) => proxyvm === qube.netvm);
        return examineQube(deps, view, { qube, netvmChecks, own, lint });
    });
    return [...ofDom0, ...[...ofNetvms.values()].flat(), ...ofQubes.flat()];
}

/** Those and the netvms of the qubes that run, each once. */
function netvmsOf(
    { system }: View,
    qubes: readonly Qube[],
    proxyvms: readonly QubeName[],
): QubeName[] {
    const netvms = qubes.flatMap(({ netvm }) => netvm ?? []);
    return [...new Set([...proxyvms, ...netvms])].filter((netvm) =>
        isRunning(system, netvm),
    );
}

function checksOf(
    all: ReadonlyMap<QubeName, readonly Check[]>,
    netvm: QubeName | null,
): readonly Check[] {
    return netvm === null ? [] : (all.get(netvm) ?? []);
}

interface QubeAsked {
    readonly qube: Qube;
    readonly netvmChecks: readonly Check[];
    /** Undefined if its netvm does not run. */
    readonly own: Asked | undefined;
    readonly lint: Findings;
}

async function examineQube(
    deps: CommandDeps,
    view: View,
    { qube, netvmChecks, own, lint }: QubeAsked,
): Promise<readonly Check[]> {
    const before = examineClient(
        factsOfClient(view, { qube, netvmChecks, own, lint }),
    );
    const earlier = whyNoProbe([...netvmChecks, ...before]);
    const probe = earlier ?? (await probeOf(deps, view, qube));
    const around = await aroundOf(deps.firewall, qube);
    return [
        ...before,
        ...examineRequest(qube, probe),
        ...examineLock(qube, around, netvmChecks),
    ];
}

async function probeOf(
    deps: CommandDeps,
    view: View,
    qube: Qube,
): Promise<Probe> {
    const rules = rulesOf(view, qube);
    const gateway = qube.gateway4 ?? qube.gateway6;
    const target = rules?.ok ? probeTargetOf(rules.value) : null;
    const upstream =
        rules?.ok && target !== null
            ? nextProxy(rules.value.settings.upstreams, target.host)
            : null;
    const end =
        gateway === null
            ? ({ kind: 'not-run', why: 'it has no gateway' } as const)
            : await deps.sendProbe(qube.name, gateway, target);
    return { target, upstream, end };
}
