// What came of `stop`.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Told } from '../../core/concerned.ts';
import {
    type Qube,
    ruleOwnerName,
    type System,
    usersOfFile,
} from '../../core/qube.ts';
import { type Held, holder, holdOn, type Stopped } from '../../core/stopped.ts';
import type { View } from '../../view.ts';
import type { Effect } from '../effect.ts';
import { withDetails } from '../output.ts';
import { isWorrying } from './effect.ts';
import { describeHeld, startCommand } from './held.ts';
import { explainFailure } from './situation.ts';

/** A ProxyVM that may still do what it did, and for whom. */
export interface Unsure {
    readonly visit: Effect['visits'][number];
    readonly qubes: readonly QubeName[];
}

export function unsureOf(
    { visits, view, situations }: Effect,
    told: Told,
): Unsure[] {
    return visits.filter(isWorrying).map((visit) => ({
        visit,
        qubes: [...situations.keys()].filter(
            (name) =>
                told.get(visit.proxyvm)?.includes(name) ||
                view.system.get(name)?.netvm === visit.proxyvm,
        ),
    }));
}

/** What went wrong, and whom it concerns. */
export function describeUnsure(
    { visit, qubes }: Unsure,
    system: System,
): string[] {
    const { proxyvm, result } = visit;
    if (result.ok) {
        return [];
    }
    const { what, todo } = explainFailure(proxyvm, system, result.error);
    const said =
        qubes.length === 0
            ? what
            : `${qubes.join(', ')}: noted as stopped, but ${what}`;
    return withDetails(said, todo);
}

/** What became of each qube, and how it is started again. */
export function describeStops(
    { stopped, system, placements }: View,
    targets: readonly Qube[],
    unsure: readonly Unsure[],
    isTrial: boolean,
): string[] {
    const isUnsure = ({ name }: Qube) =>
        unsure.some(({ qubes }) => qubes.includes(name));
    const sure = targets.filter((qube) => !isUnsure(qube));
    const lines = sure.flatMap((qube) => {
        const held = holdOn(stopped, qube, system);
        const line = `${qube.name}: ${whatBecame(qube, held, isTrial)}`;
        return withDetails(line, notes(qube, system, placements));
    });
    const names = sure.map(({ name }) => name);
    const whom = names.length === 1 ? 'it' : 'them';
    const holders = new Set([
        ...sure.flatMap((qube) => templateHolding(qube, stopped, system)),
        ...names,
    ]);
    const hint = `    to start ${whom} again: ${startCommand([...holders])}`;
    return names.length === 0 || isTrial ? lines : [...lines, hint];
}

/** A disposable of a template that is stopped as well starts with it only. */
function templateHolding(
    qube: Qube,
    stopped: Stopped,
    system: System,
): QubeName[] {
    const owner = system.get(ruleOwnerName(qube)) ?? qube;
    const isHeld = holdOn(stopped, owner, system)?.through === 'own';
    return isHeld && owner.name !== qube.name ? [owner.name] : [];
}

function whatBecame(qube: Qube, held: Held | null, isTrial: boolean): string {
    return held === null || held.through === 'template'
        ? `${isTrial ? 'would be ' : ''}stopped`
        : `is already ${describeHeld(held, holder(qube, held))}`;
}

function notes(
    { name, providesNetwork }: Qube,
    system: System,
    placements: View['placements'],
): string[] {
    const disposables = usersBeside(name, system);
    return [
        ...(disposables.length === 0
            ? []
            : [`and with it its disposables: ${disposables.join(', ')}`]),
        ...(placements.has(name) ? [] : ['it has no rules']),
        ...(providesNetwork
            ? ['its clients are not: name those to stop as well']
            : []),
    ];
}

function usersBeside(name: QubeName, system: System): QubeName[] {
    return usersOfFile(system, name)
        .map((user) => user.name)
        .filter((user) => user !== name);
}
