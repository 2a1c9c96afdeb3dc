// What came of `lock` and `unlock`.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { WayAround } from '../../core/firewall.ts';
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
