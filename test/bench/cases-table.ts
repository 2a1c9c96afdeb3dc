// All that was measured, for who looks for where the time goes: what ours is
// compared with, part by part.
import { align, amount } from './columns.ts';
import type { Case } from './measure.ts';
import type { NamedMeasured } from './rows.ts';
import { medianRatio, type Summary, summarise } from './statistics.ts';

/** `ratio` is how many times as much as this ours is; null for ours. */
export interface Line extends Summary {
    readonly name: string;
    readonly role: Case['role'];
    readonly ratio: number | null;
}

/** Ours is compared by the first case of the group. */
export function linesOf({ numbers }: Pick<NamedMeasured, 'numbers'>): Line[] {
    const [ours = []] = [...numbers.values()];
    return [...numbers].map(([{ name, role }, list]) => ({
        name,
        role,
        ...summarise(list),
        ratio: role === 'ours' ? null : medianRatio(ours, list),
    }));
}

const header = [
    '',
    'role',
    'median',
    'quartiles',
    'min .. max',
    'runs',
    'ours is',
];

export function formatCases(all: readonly NamedMeasured[]): string {
    const groups = all.map((measured) => ({
        title: `${measured.title} (${measured.name})`,
        rows: linesOf(measured).map((line) => cellsOf(line, measured.unit)),
    }));
    const cells = [header, ...groups.flatMap(({ rows }) => rows)];
    const [first = '', ...lines] = align(cells, (column) => column < 2);
    return [
        first,
        ...groups.flatMap(({ title, rows }) => [
            '',
            title,
            ...lines.splice(0, rows.length),
        ]),
    ].join('\n');
}

function cellsOf(line: Line, unit: string): string[] {
    const { median, lowerQuartile, upperQuartile, min, max } = line;
    return [
        `    ${line.name}`,
        line.role,
        `${amount(median)} ${unit}`,
        `${amount(lowerQuartile)} .. ${amount(upperQuartile)}`,
        `${amount(min)} .. ${amount(max)}`,
        String(line.runs),
        line.ratio === null ? '' : `${line.ratio.toFixed(2)} x`,
    ];
}
