import type { Firewall } from '../adapters/firewall.ts';
import { type WayAround, wayAround } from '../core/firewall.ts';
import type { Qube } from '../core/qube.ts';
import { Failure } from '../failure.ts';
import { explainWayAround } from './format/way-around.ts';
import { withDetails } from './output.ts';

export interface Around {
    readonly lines: readonly string[];
    /** `unknown`: its firewall could not be read. */
    readonly json: WayAround | { readonly kind: 'unknown' };
}

/** Whether a qube can go around its proxy, as its Qubes firewall stands. */
export async function aroundOf(
    firewall: Firewall,
    { name, netvm }: Qube,
): Promise<Around> {
    if (netvm === null) {
        return { lines: [], json: { kind: 'none' } };
    }
    try {
        const around = wayAround(await firewall.read(name));
        const explained = explainWayAround(name, around);
        return {
            lines: explained ? withDetails(explained.what, explained.todo) : [],
            json: around,
        };
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        const what =
            `whether ${name} can go around the proxy is not known: ` +
            `${error.message}`;
        return { lines: [what], json: { kind: 'unknown' } };
    }
}
