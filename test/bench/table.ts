// The results for people: one table, a group of lines for each group.
import type { Case, Measured } from './measure.ts';
import { medianRatio, type Summary, summarise } from './statistics.ts';

/** With the word by which the group is chosen. */
export type NamedMeasured = Measured & { readonly name: string };

/** `ratio` is how many times as long as this ours takes; null for ours. */
export interface Line extends Summary {
    readonly name: string;
    readonly role: Case['role'];
    readonly ratio: number | null;
    readonly aim: number | null;
}

/** Ours is compared by the first case of the group. */
export function linesOf({ times }: Pick<Measured, 'times'>): Line[] {
    const [ours = []] = [...times.values()];
    return [...times].map(([{ name, role, aim = null }, numbers]) => ({
        name,
        role,
        ...summarise(numbers),
        ratio: role === 'ours' ? null : medianRatio(ours, numbers),
        aim,
    }));
}

const header = ['', 'median', 'quartiles', 'min .. max', 'runs', 'ours is', ''];

/** Milliseconds, as an aligned table. */
export function formatTable(all: readonly NamedMeasured[]): string {
    const groups = all.map((measured) => ({
        title: `${measured.title} (${measured.name})`,
        rows: linesOf(measured).map(cellsOf),
        remarks: measured.remarks.map((remark) => `    ${remark}`),
    }));
    const rows = [header, ...groups.flatMap((group) => group.rows)];
    const widths = header.map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    const format = (row: readonly string[]) =>
        row
            .map((cell, column) => {
                const width = widths[column] ?? 0;
                const isText = column === 0 || column === header.length - 1;
                return isText ? cell.padEnd(width) : cell.padStart(width);
            })
            .join('  ')
            .trimEnd();
    const blocks = groups.map((group) =>
        ['', group.title, ...group.rows.map(format), ...group.remarks].join(
            '\n',
        ),
    );
    return [format(header), ...blocks].join('\n');
}

function cellsOf(line: Line): string[] {
    const { median, lowerQuartile, upperQuartile, min, max } = line;
    return [
        `    ${line.name}`,
        `${milliseconds(median)} ms`,
        `${milliseconds(lowerQuartile)} .. ${milliseconds(upperQuartile)}`,
        `${milliseconds(min)} .. ${milliseconds(max)}`,
        String(line.runs),
        line.ratio === null ? '' : `${line.ratio.toFixed(2)} x`,
        line.aim === null ? '' : `aim: at most ${line.aim} x`,
    ];
}

function milliseconds(value: number): string {
    return value.toFixed(value < 1 ? 3 : value < 100 ? 1 : 0);
}
