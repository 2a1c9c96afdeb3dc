import type { Firewall } from '../adapters/firewall.ts';
import { type KnownWayAround, wayAround } from '../core/firewall.ts';
import type { Qube } from '../core/qube.ts';
import { Failure } from '../failure.ts';
import { inParallel } from '../in-parallel.ts';

/** A qube, and what passes its firewall. */
export interface QubeAround {
    readonly qube: Qube;
    readonly around: KnownWayAround;
}

/** Whether a qube can go around its proxy, as its Qubes firewall stands. */
export async function aroundOf(
    firewall: Firewall,
    { name, netvm }: Pick<Qube, 'name' | 'netvm'>,
): Promise<KnownWayAround> {
    if (netvm === null) {
        return { kind: 'none', locked: false };
    }
    try {
        return wayAround(await firewall.read(name));
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        return { kind: 'unknown', why: error.message };
    }
}

export function aroundAll(
    firewall: Firewall,
    qubes: readonly Qube[],
): Promise<QubeAround[]> {
    return inParallel(qubes, async (qube) => ({
        qube,
        around: await aroundOf(firewall, qube),
    }));
}
