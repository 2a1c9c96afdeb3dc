import type { CommandDeps } from '../command-deps.ts';
import type { KnownWayAround } from '../core/firewall.ts';
import { hasProxy } from '../core/judge-situation.ts';
import type { Qube } from '../core/qube.ts';
import type { Effect } from './effect.ts';
import { formatAround } from './format/way-around.ts';
import { aroundOf } from './way-around.ts';

interface OpenWay {
    readonly around: KnownWayAround;
    /** What to say of it; nothing if there is none, or no proxy either. */
    readonly open: readonly string[];
}

/**
 * Begins to look for a qube's way around its proxy: its firewall can be read
 * while a ProxyVM is told. What is returned takes what came of that.
 */
export function openWay(
    deps: CommandDeps,
    qube: Qube,
): (effect: Effect) => Promise<OpenWay> {
    const reading = aroundOf(deps.firewall, qube);
    return async ({ situations }) => {
        const around = await reading;
        const situation = situations.get(qube.name);
        const isAnswered = situation !== undefined && hasProxy(situation);
        return { around, open: isAnswered ? formatAround(qube, around) : [] };
    };
}
