// The results for people: a line for each row.
import { align, amount } from './columns.ts';
import { type NamedMeasured, type Row, rowsOf } from './rows.ts';

const header = [
    '',
    'ours',
    'opponent',
    'floor',
    'of opponent',
    'of floor',
    'aim',
    'holds',
];

/** What there is to say beside stands below, group by group. */
export function formatTable(all: readonly NamedMeasured[]): string {
    const rows = all.flatMap(rowsOf);
    const cells = [header, ...rows.map(cellsOf)];
    const isText = (column: number) => column === 0 || column >= 6;
    const remarks = all.flatMap(({ name, remarks }) =>
        remarks.map((remark) => `${name}: ${remark}`),
    );
    return [
        ...align(cells, isText),
        ...(remarks.length > 0 ? ['', ...remarks] : []),
    ].join('\n');
}

function cellsOf(row: Row): string[] {
    const { name, what, unit, ours, opponent, floor, aim, holds } = row;
    const withUnit = (value: number | null) =>
        value === null ? '' : `${amount(value)} ${unit}`;
    const times = (value: number | null) =>
        value === null ? '' : `${value.toFixed(2)} x`;
    return [
        `${what} (${name})`,
        withUnit(ours),
        withUnit(opponent),
        withUnit(floor),
        times(row.ofOpponent),
        times(row.ofFloor),
        aim ?? '',
        holds === null ? (aim === null ? '' : '?') : holds ? 'yes' : 'NO',
    ];
}
