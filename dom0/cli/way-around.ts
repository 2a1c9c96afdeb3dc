import type { Firewall } from '../adapters/firewall.ts';
import { type WayAround, wayAround } from '../core/firewall.ts';
import type { Qube } from '../core/qube.ts';
import { Failure } from '../failure.ts';

/** `unknown`: its firewall could not be read. */
export type Around =
    | WayAround
    | { readonly kind: 'unknown'; readonly why: string };

/** Whether a qube can go around its proxy, as its Qubes firewall stands. */
export async function aroundOf(
    firewall: Firewall,
    { name, netvm }: Pick<Qube, 'name' | 'netvm'>,
): Promise<Around> {
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
