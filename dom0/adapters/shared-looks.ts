// Looks at all qubes that several visits of one command share.
import type { System } from '../core/qube.ts';
import type { Inventory } from './inventory.ts';

/**
 * The same inventory, but who asks for all qubes while one look is under way
 * gets the next one, with all others who ask meanwhile: what anybody gets was
 * looked for after he asked.
 */
export function withSharedLooks(inventory: Inventory): Inventory {
    let underWay: Promise<unknown> | null = null;
    let next: Promise<System> | null = null;
    const look = (): Promise<System> => {
        const found = inventory.all();
        const ended = found.catch(() => undefined);
        underWay = ended;
        void ended.then(() => {
            if (underWay === ended) {
                underWay = null;
            }
        });
        return found;
    };
    return {
        ...inventory,
        all() {
            if (underWay === null) {
                return look();
            }
            next ??= underWay.then(() => {
                next = null;
                return look();
            });
            return next;
        },
    };
}
