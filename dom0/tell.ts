// What follows on a change: ProxyVMs are told, or, in a trial, only asked what
// they would do.
import type { QubeName } from '../shared/domain/qube-name.ts';
import {
    type Exceptions,
    previewAll,
    previewRestarts,
    type Whom,
} from './ask.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import type { Seen } from './look-under-lock.ts';
import { restartAll, visitAll } from './walk.ts';

/** Brings ProxyVMs up to date. */
export function tell(
    deps: Deps,
    seen: Seen,
    proxyvms: readonly QubeName[],
    isTrial: boolean,
    exceptions: Exceptions = {},
): Promise<Visit[]> {
    return isTrial
        ? previewAll(deps, seen.view, proxyvms, exceptions)
        : visitAll(deps, proxyvms, exceptions, seen);
}

/** Has ProxyVMs end all that those clients have open, and serve them anew. */
export function tellToRestart(
    deps: Deps,
    seen: Seen,
    proxyvms: readonly QubeName[],
    isTrial: boolean,
    whom: Whom,
): Promise<Visit[]> {
    return isTrial
        ? previewRestarts(deps, seen.view, proxyvms, whom)
        : restartAll(deps, proxyvms, whom, seen);
}
