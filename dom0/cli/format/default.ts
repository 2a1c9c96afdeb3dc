// What came of `default`.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Default } from '../../core/default.ts';
import { nothingChanged, withDetails } from '../output.ts';
import { countRules } from './rules.ts';

/** What it did to a file. */
export interface DefaultChange {
    readonly isNew: boolean;
    readonly cleared: number;
    /** Rules that --clear has left. */
    readonly kept: number;
}

/** Why rules are not left to mean the opposite. */
export function describeOpposite(owner: QubeName, value: Default): string {
    const [before, after] =
        value === 'allow' ? ['allowed', 'refused'] : ['refused', 'allowed'];
    return nothingChanged(
        `the rules of ${owner} say which hosts are ${before}, and would say ` +
            `which are ${after}`,
        [
            `to see them: qvm-filterproxy list ${owner}`,
            'to do it and take them all away: qvm-filterproxy default ' +
                `${owner} ${value} --clear`,
        ],
    );
}

/** What became of the default, and of the rules. */
export function describeDefault(
    owner: QubeName,
    value: Default,
    { isNew, cleared, kept }: DefaultChange,
    isTrial: boolean,
): string[] {
    const would = isTrial ? 'would be ' : '';
    const gone =
        cleared === 0
            ? []
            : [`${countRules({ length: cleared })} ${would}taken away`];
    const left =
        kept === 0
            ? []
            : [
                  `${countRules({ length: kept })} kept: what a block list ` +
                      'refuses is opened by name only',
                  `to take one away: qvm-filterproxy remove ${owner} NUMBER`,
              ];
    if (!isNew) {
        return withDetails(`${owner}: the default is ${value} already`, [
            ...gone,
            ...left,
        ]);
    }
    return value === 'deny'
        ? withDetails(
              `${owner}: all hosts ${would}refused but those of its rules`,
              gone,
          )
        : withDetails(
              `${owner}: all hosts ${would}allowed but those of its rules`,
              [
                  ...gone,
                  'It keeps programs from hosts that you name, and stops none ' +
                      'that wants around it.',
                  `to name them: qvm-filterproxy deny ${owner} HOST`,
              ],
          );
}
