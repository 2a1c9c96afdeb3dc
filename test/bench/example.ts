import { timesFloor, timesOpponent } from './aims.ts';
import type { Case } from './measure.ts';
import type { NamedMeasured } from './rows.ts';

export function caseOf(name: string, role: Case['role']): Case {
    const measure = () => Promise.reject(new Error('it was measured before'));
    return { name, role, measure };
}

/** A group with all that there is. */
export const measured: NamedMeasured = {
    name: 'one-rule',
    title: 'one rule added',
    unit: 'ms',
    aims: [timesOpponent(1), timesFloor(10)],
    numbers: new Map([
        [caseOf('agent: apply', 'ours'), [200, 300]],
        [caseOf('opponent: restart', 'opponent'), [100, 200]],
        [caseOf('systemctl start', 'floor'), [20, 30]],
        [caseOf('nft -f', 'floor'), [5, 20]],
        [caseOf('node -e 0', 'beside'), [10, 30]],
    ]),
    remarks: ['nothing was lost'],
    counted: [
        {
            name: 'lost',
            what: 'of it: connections',
            unit: 'lost',
            aims: [],
            ours: 0,
            opponent: 4,
            floor: null,
        },
    ],
};
