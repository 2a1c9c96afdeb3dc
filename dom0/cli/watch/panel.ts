// What stands below the list of `watch`, and which keys do something there.
import { type Line, wrapped } from './line.ts';
import {
    type Choice,
    describeChoice,
    describeRow,
    type Time,
} from './offer.ts';
import type { Row } from './rows.ts';
import type { Shown } from './shown.ts';
import { endOf } from './wrap.ts';

/** Lines that are always there, so that the list does not jump. */
const usualLines = 2;

/** What there is to say of the selected row, or of what the user does. */
export function panelLines(
    shown: Shown,
    selected: Row | undefined,
    columns: number,
): Line[] {
    const lines = linesOf(shown, selected, columns);
    const missing = Math.max(0, usualLines - lines.length);
    const empty: Line = { text: '', style: 'plain' };
    return [...lines, ...Array<Line>(missing).fill(empty)];
}

function linesOf(
    { state: { panel }, remedyOf, ownerOf }: Shown,
    selected: Row | undefined,
    columns: number,
): Line[] {
    switch (panel.kind) {
        case 'help':
            return [];
        case 'row': {
            const said =
                selected &&
                describeRow(
                    selected,
                    remedyOf(selected),
                    ownerOf(selected.qube),
                );
            return said === undefined ? [] : wrapped([said], columns);
        }
        case 'choice':
            return [
                ...choiceLines(panel.choice, columns),
                ...wrapped(describeChoice(panel.choice), columns),
            ];
        case 'adding':
            return wrapped(describeChoice(panel.choice), columns);
        case 'said':
            return wrapped(panel.lines, columns);
    }
}

/** The keys of a choice; what holds is marked. */
function choiceLines(choice: Choice, columns: number): Line[] {
    const { offer, isDomain, time } = choice;
    const mark = (is: boolean) => (is ? '(*)' : '( )');
    const option = (each: Time, key: string, text: string) =>
        `${mark(time === each)} ${key} ${text}`;
    const domain =
        offer.domain === null
            ? '    d  it has no domain of its own'
            : `${mark(isDomain)} d  ${offer.domain} and all below it`;
    const room = columns - ' Let it reach  (*) h  '.length;
    const texts = [
        ` Let it reach  ${mark(!isDomain)} h  ${endOf(offer.host, room)}`,
        `               ${domain}`,
        [
            `               ${option('hour', '1', 'for an hour')}`,
            option('shutdown', 's', 'until it shuts down'),
            option('good', 'g', 'for good'),
        ].join('  '),
    ];
    return texts.map((text) => ({ text, style: 'plain' }));
}

/** The last line of the screen. */
export function keysOf({ state: { panel, qube, paused } }: Shown): string {
    switch (panel.kind) {
        case 'row': {
            const f = qube === null ? 'only this qube' : 'all qubes';
            const p = paused === null ? 'pause' : 'go on';
            return `a allow  f ${f}  r refused only  p ${p}  ? help  q quit`;
        }
        case 'choice':
            return 'Enter adds this rule  Esc goes back, nothing is changed';
        case 'adding':
            return 'adding it ...';
        case 'help':
        case 'said':
            return 'any key goes back  q quit';
    }
}

export const helpLines: readonly string[] = [
    '',
    '  Shows what qubes asked their proxies for: the newest first, requests for',
    '  one host on one line. Each qube has its share of the first page.',
    '  What was allowed is shown of qubes whose requests are all recorded.',
    '',
    '  up down, k j       the row before, the next one',
    '  PgUp PgDn Home End further; Home follows the newest again',
    '  a                  allow the host of this row, or its whole domain',
    '  f                  only the qube of this row, or all again',
    '  r                  only what was refused, or all again',
    '  p, space           pause the list, or go on',
    '  ^L                 draw the screen anew',
    '  q, ^C              quit',
];
