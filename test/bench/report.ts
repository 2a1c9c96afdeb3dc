// What is said at the end: to people on stdout, to programs in a file.
import { writeFile } from 'node:fs/promises';
import { formatCases, linesOf } from './cases-table.ts';
import { type Machine, noise } from './machine.ts';
import { resultFile } from './paths.ts';
import { type NamedMeasured, rowsOf } from './rows.ts';
import { formatTable } from './table.ts';

declare const PROGRAM_VERSION: string;

export interface Run {
    readonly began: Date;
    readonly machine: Machine;
    readonly isQuick: boolean;
    readonly hasOpponent: boolean;
    /** Load averages of the machine before and after. */
    readonly load: readonly [number, number];
    readonly measured: readonly NamedMeasured[];
}

/** `hasCases`: all that was measured, too. */
export function formatRun(run: Run, hasCases: boolean): string {
    const { machine, measured } = run;
    const [before, after] = run.load.map((each) => each.toFixed(1));
    const apart = noise(measured);
    return [
        `qvm-filterproxy ${PROGRAM_VERSION}, ${machine.cpus} x ${machine.cpu},` +
            ` Linux ${machine.kernel}`,
        [
            `Node.js ${machine.node}, in dom0 ${machine.nodeInDom0}`,
            machine.systemd,
            machine.tinyproxy,
            machine.nft,
        ].join(', '),
        '',
        ...(hasCases ? [formatCases(measured), ''] : []),
        formatTable(measured),
        '',
        'Medians; "of" is the median of the quotients of each round: read it' +
            ' before the others.',
        ...(run.hasOpponent
            ? []
            : [
                  'opponent: FILTERPROXY_BENCH_OPPONENT names none, it was left out',
              ]),
        `noise: load ${before} before, ${after} after` +
            (apart === null
                ? ''
                : `; half of all node -e 0 within ${(100 * apart).toFixed(0)} %`),
    ].join('\n');
}

/** For programs: see README.md. */
export function rowsOfRun({ measured }: Run): string {
    const rows = measured.flatMap(rowsOf);
    return JSON.stringify(rows, null, 4);
}

/** Every single number. */
export async function writeRun(run: Run): Promise<void> {
    const { measured, began, ...rest } = run;
    const json = {
        version: 1,
        program: PROGRAM_VERSION,
        began: began.toISOString(),
        ...rest,
        noise: noise(measured),
        rows: measured.flatMap(rowsOf),
        groups: measured.map((each) => ({
            name: each.name,
            title: each.title,
            unit: each.unit,
            cases: linesOf(each).map((line, index) => ({
                ...line,
                numbers: [...each.numbers.values()][index],
            })),
            remarks: each.remarks,
        })),
    };
    await writeFile(resultFile, `${JSON.stringify(json, null, 4)}\n`);
}
