// Why a qube is stopped, since when, and how to start it.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Qube } from '../../core/qube.ts';
import {
    type Held,
    type Hold,
    holdOn,
    type Stopped,
} from '../../core/stopped.ts';
import type { View } from '../../view.ts';
import { withDetails } from '../output.ts';
import type { Explanation } from './explanation.ts';
import { localTime } from './local-time.ts';

/** `start` is the qube to start, so that it is started. */
export function explainHeld(held: Held, start: QubeName): Explanation {
    return {
        what: `it is ${describeHeld(held, start)}`,
        todo: [`to start it: ${startCommand([start])}`],
    };
}

/** `stopped (since 2026-11-24 13:17, by user)` */
export function describeHeld(held: Held, start: QubeName): string {
    const withWhom = {
        own: '',
        template: ` with ${start}`,
        all: ' with all qubes',
    }[held.through];
    return `stopped${withWhom} (${sinceAndBy(held)})`;
}

export function sinceAndBy({ since, by }: Hold): string {
    return `since ${localTime(since)}, by ${by}`;
}

export function startCommand(names: readonly QubeName[]): string {
    return `qvm-filterproxy start ${names.join(' ')}`;
}

/** For programs; null for a qube that is not stopped. */
export function heldJson(held: Held | null) {
    return held && { since: held.since, by: held.by, through: held.through };
}

/** How kill-all is ended. */
export const startHints = [
    'to start one: qvm-filterproxy start QUBE',
    'to start all: qvm-filterproxy start --all',
];

/** Once for all qubes, if kill-all is not over. */
export function formatKillAll({ all }: Stopped): string[] {
    if (all === null) {
        return [];
    }
    const but =
        all.but.length === 0 ? '' : ', but for those that were started since';
    const what = `all qubes are stopped (${sinceAndBy(all)})${but}`;
    return withDetails(what, startHints);
}

/** Of qubes without rules, which have no situation; some netvms' or all. */
export function formatOtherStops(
    { stopped, system, placements }: View,
    netvms: readonly QubeName[] | null,
): string[] {
    const isMeant = ({ name, netvm }: Qube) =>
        !placements.has(name) &&
        (netvms === null || (netvm !== null && netvms.includes(netvm)));
    return [...system.values()].filter(isMeant).flatMap((qube) => {
        const held = holdOn(stopped, qube, system);
        return held?.through !== 'own'
            ? []
            : withDetails(
                  `${qube.name}: ${describeHeld(held, qube.name)}, no rules`,
                  [`to start it: ${startCommand([qube.name])}`],
              );
    });
}

/** All stops for programs. */
export function stopsJson({ stopped }: View) {
    const { all, qubes } = stopped;
    return {
        all: all && { since: all.since, by: all.by },
        qubes: qubes.map(({ name, since, by }) => ({ qube: name, since, by })),
    };
}
