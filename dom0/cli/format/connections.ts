// What a change does to connections that are open.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { drainSeconds } from '../../core/desired-state.ts';
import type { Situation } from '../../core/situation.ts';
import type { Effect } from '../effect.ts';
import { withDetails } from '../output.ts';
import type { Explanation } from './explanation.ts';

/** Of qubes whose connections may go on by the rules of before. */
export function formatWider({ situations }: Effect): string[] {
    return [...situations]
        .filter(([, situation]) => isWider(situation))
        .flatMap(([qube]) => {
            const { what, todo } = explainWider(qube);
            return withDetails(`${qube}: ${what}`, todo);
        });
}

/** Whether what it had open may go on by rules that were removed. */
export function isWider(situation: Situation): boolean {
    return situation.kind === 'in-force' && situation.isWider;
}

/** Of a qube with connections of before a removal with --drain. */
export function explainWider(qube: QubeName): Explanation {
    const minutes = drainSeconds / 60;
    return {
        what:
            'what it had open before may go on by the old rules until it ' +
            `ends, for at most ${minutes} minutes`,
        todo: [`to end it now: qvm-filterproxy restart ${qube}`],
    };
}
