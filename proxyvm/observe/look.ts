import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Result } from '../../shared/result.ts';
import type { ObservedState } from '../core/observed-state.ts';
import type { TinyproxyVersion } from '../core/tinyproxy-version.ts';
import { observe } from './observe.ts';
import { observeTinyproxy } from './tinyproxy.ts';

export interface Seen {
    readonly observed: ObservedState;
    /** What could be started, or what to do about it. */
    readonly tinyproxy: Result<TinyproxyVersion, string>;
}

/** All that has to be known before clients are served. */
export async function look(run: RunCommand): Promise<Seen> {
    const [observed, tinyproxy] = await Promise.all([
        observe(run),
        observeTinyproxy(run),
    ]);
    return { observed, tinyproxy };
}
