// What came of `lock` and `unlock`.

import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { WayAround } from '../../core/firewall.ts';
import type { Qube } from '../../core/qube.ts';
import { withDetails } from '../output.ts';
import { nameExceptions } from './way-around.ts';

/** Of a qube that is locked; `isAnswered` by a proxy, now or when it runs. */
export function describeLock(
    isNew: boolean,
    around: WayAround,
    isAnswered: boolean,
): string {
    const locked = isNew ? 'locked' : 'is locked already';
    if (around.kind === 'exceptions') {
        return `${locked}, except: ${nameExceptions(around)}`;
    }
    if (!isAnswered) {
        return `${locked}; no proxy answers it, so it reaches nothing at all`;
    }
    return isNew
        ? `${locked}, its Qubes firewall drops all that does not go through ` +
              'the proxy'
        : locked;
}

/**
 * Of a qube that was locked just now: Qubes then takes its connections to the
 * proxy for such that the lock forbids, and has conntrack forget them.
 */
export function describeHang({ xid }: Qube, isAnswered: boolean): string[] {
    return xid === null || !isAnswered
        ? []
        : [
              'downloads that are open may hang: start them again, unless ' +
                  '"client" was applied',
          ];
}

/** Of a qube that is not locked. */
export function describeUnlock(
    name: QubeName,
    isNew: boolean,
    around: WayAround,
): string {
    const unlocked = isNew ? 'unlocked' : 'is not locked';
    return around.kind === 'none'
        ? `${unlocked}, but its own firewall rules drop everything too; ` +
              `see: qvm-firewall ${name} list`
        : `${unlocked}, its own firewall rules decide${isNew ? ' again' : ''}`;
}

/** Of `lock --all`, which does not cut off whoever is behind them. */
export function describeLeftOut(qubes: readonly Qube[]): string[] {
    const names = qubes.map(({ name }) => name).join(', ');
    return names === ''
        ? []
        : [`not locked, as they provide network to others: ${names}`];
}

/** A disposable has its firewall rules from its template, but only once. */
export function notesOn(
    { class: kind, template }: Qube,
    command: 'lock' | 'unlock',
): string[] {
    return kind === 'DispVM' && template !== null
        ? [`for later disposables: qvm-filterproxy ${command} ${template}`]
        : [];
}

/** What it would do, as it could be typed. */
export function formatLockPlan(
    name: QubeName,
    commands: readonly string[],
): string[] {
    const heading = commands.length === 1 ? 'with' : 'with, in this order';
    return commands.length === 0
        ? [`${name}: nothing to do`]
        : withDetails(`${name}, ${heading}:`, commands);
}
