// What is said at the end: to people on stdout, to programs in a file.
import { writeFile } from 'node:fs/promises';
import { type Machine, noise } from './machine.ts';
import { resultFile } from './paths.ts';
import { formatTable, linesOf, type NamedMeasured } from './table.ts';

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

export function formatRun(run: Run): string {
    const { machine, measured } = run;
    const [before, after] = run.load.map((each) => each.toFixed(1));
    const apart = noise(measured);
    return [
        `qvm-filterproxy ${PROGRAM_VERSION}, ${machine.cpus} x ${machine.cpu},` +
            ` Linux ${machine.kernel}`,
        [machine.node, machine.systemd, machine.tinyproxy, machine.nft].join(
            ', ',
        ),
        '',
        formatTable(measured),
        '',
        '"ours is" compares the first line of its group, round by round: read' +
            ' it before the times.',
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

/** Milliseconds throughout. */
export async function writeRun(run: Run): Promise<void> {
    const { measured, began, ...rest } = run;
    const json = {
        version: 1,
        program: PROGRAM_VERSION,
        began: began.toISOString(),
        ...rest,
        noise: noise(measured),
        groups: measured.map((each) => ({
            name: each.name,
            title: each.title,
            cases: linesOf(each).map((line, index) => ({
                ...line,
                times: [...each.times.values()][index],
            })),
            remarks: each.remarks,
        })),
    };
    await writeFile(resultFile, `${JSON.stringify(json, null, 4)}\n`);
}
