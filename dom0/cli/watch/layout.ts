// From what `watch` knows to the lines of a screen: the list above, what can be
// done below.
import type { Size } from '../../screen.ts';
import { hostAndPort } from '../format/host-and-port.ts';
import type { Line } from './line.ts';
import { noteOnRow } from './offer.ts';
import { helpLines, keysOf, panelLines } from './panel.ts';
import type { Row } from './rows.ts';
import type { Shown } from './shown.ts';
import { listed, selectedAt } from './state.ts';
import { endOf, startOf } from './wrap.ts';

/** Below that the question before a rule is added would not fit. */
export const leastSize: Size = { columns: 60, rows: 16 };

/** Title, heads of columns, two lines on the selected row, keys. */
const fixedLines = 5;

/** Rows of the list that a screen has room for. */
export function pageOf({ rows }: Size): number {
    return Math.max(1, rows - fixedLines);
}

/** Just as many lines as the screen has. */
export function layOut(shown: Shown, size: Size): Line[] {
    const { columns, rows } = size;
    if (columns < leastSize.columns || rows < leastSize.rows) {
        const text =
            `too small: ${leastSize.columns}x${leastSize.rows} are needed; ` +
            'q quits';
        return filled([{ text, style: 'plain' }], size);
    }
    const list = listed(shown.state, { rows: shown.rows, page: pageOf(size) });
    const at = selectedAt(shown.state, list);
    const below = [
        ...noticeLines(shown, columns),
        ...panelLines(shown, list[at], columns),
    ].slice(0, rows - 4);
    const room = rows - 1 - below.length;
    const body =
        shown.state.panel.kind === 'help'
            ? helpLines.map((text): Line => ({ text, style: 'plain' }))
            : listLines(shown, { list, at, columns, room: room - 1 });
    return [
        ...filled([titleOf(shown), ...body], { columns, rows: room }),
        ...filled(below, { columns, rows: below.length }),
        ...filled([{ text: keysOf(shown), style: 'title' }], size).slice(0, 1),
    ];
}

function filled(lines: readonly Line[], { columns, rows }: Size): Line[] {
    return Array.from({ length: rows }, (_, at) => {
        const { text, style } = lines[at] ?? { text: '', style: 'plain' };
        const printable = text.replaceAll(/[^\x20-\x7e]/g, '_');
        return { text: printable.slice(0, columns), style };
    });
}

function titleOf(shown: Shown): Line {
    const { state, rows } = shown;
    const refused = rows.filter(({ outcome }) => outcome !== 'allowed');
    const qubes = new Set(refused.map(({ qube }) => qube)).size;
    const parts = [
        'qvm-filterproxy watch',
        state.qube === null ? nameAll(shown) : `only ${state.qube}`,
        ...(state.isRefusedOnly ? ['refused only'] : []),
        `${count(refused.length, 'host')} refused to ${count(qubes, 'qube')}`,
        ...(state.paused === null ? [] : ['PAUSED']),
    ];
    return { text: parts.join(' | '), style: 'title' };
}

/** Of more than a few the number, so that what follows has room. */
function nameAll({ named }: Shown): string {
    const isFew = named !== null && named.length <= 2;
    return isFew
        ? `only ${named.join(' and ')}`
        : named === null
          ? 'all qubes'
          : count(named.length, 'qube');
}

function count(number: number, what: string): string {
    return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

/** ProxyVMs that say nothing, and the like: the first of them. */
function noticeLines({ notices }: Shown, columns: number): Line[] {
    const most = 3;
    const more = notices.length - most;
    const texts = [
        ...notices.slice(0, most).map((text) => startOf(text, columns)),
        ...(more > 0 ? [`and ${more} more like that`] : []),
    ];
    return texts.map((text) => ({ text, style: 'warning' }));
}

const widths = { time: 8, count: 6, note: 16 };

interface Place {
    readonly list: readonly Row[];
    /** Of the selected row in it. */
    readonly at: number;
    readonly columns: number;
    /** Lines, with the heads. */
    readonly room: number;
}

/** The page of the list that has the selected row on it. */
function listLines(shown: Shown, { list, at, columns, room }: Place): Line[] {
    const height = Math.max(1, room - 1);
    const from = Math.floor(at / height) * height;
    const visible = list.slice(from, from + height);
    const named = visible.map(({ qube }) => qube.length);
    const forQube = Math.min(Math.max(8, ...named), Math.floor(columns / 5));
    const head = cells('  ', ['TIME', 'QUBE', 'COUNT', 'WHAT'], forQube);
    const lines = visible.map((row, index) =>
        rowLine(shown, row, {
            isSelected: from + index === at,
            forQube,
            columns,
        }),
    );
    const empty: Line = { text: `  ${emptyText(shown)}`, style: 'plain' };
    return [
        { text: `${head}HOST`, style: 'title' },
        ...(lines.length === 0 ? [empty] : lines),
    ];
}

function emptyText({ state, hasProxyvms }: Shown): string {
    if (!hasProxyvms) {
        return 'no ProxyVM serves any of them yet';
    }
    if (state.isRefusedOnly) {
        return state.qube === null
            ? 'nothing was refused yet'
            : `nothing was refused to ${state.qube} yet`;
    }
    return state.qube === null
        ? 'nothing was asked for yet'
        : `nothing was asked for by ${state.qube} yet`;
}

function cells(
    mark: string,
    [time, qube, count, note]: readonly [string, string, string, string],
    forQube: number,
): string {
    const all = [
        time.padEnd(widths.time),
        startOf(qube, forQube).padEnd(forQube),
        count.padStart(widths.count),
        note.padEnd(widths.note),
    ];
    return `${mark}${all.join('  ')}  `;
}

function rowLine(
    { remedyOf, now }: Shown,
    row: Row,
    {
        isSelected,
        forQube,
        columns,
    }: { isSelected: boolean; forQube: number; columns: number },
): Line {
    const isRefused = row.outcome !== 'allowed';
    const note = isRefused ? noteOnRow(row, remedyOf(row)) : 'allowed';
    const count = row.count > 99_999 ? '99999+' : String(row.count);
    const shownTime = timeOf(row.last, now);
    const mark = isSelected ? '> ' : '  ';
    const start = cells(mark, [shownTime, row.qube, count, note], forQube);
    const host = endOf(hostAndPort(row), columns - start.length);
    const style = isSelected ? 'selected' : isRefused ? 'refused' : 'plain';
    return { text: start + host, style };
}

/** The time of a day, or the date if that was another day. */
function timeOf(time: Date, now: Date): string {
    const two = (number: number) => String(number).padStart(2, '0');
    const isToday = time.toDateString() === now.toDateString();
    return isToday
        ? [time.getHours(), time.getMinutes(), time.getSeconds()]
              .map(two)
              .join(':')
        : [time.getMonth() + 1, time.getDate()].map(two).join('-');
}
