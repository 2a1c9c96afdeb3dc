// npm run bench:size: see ../README.md.

import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { choose, UsageError } from '../command-line.ts';
import { type Group, measure } from '../measure.ts';
import type { NamedMeasured } from '../rows.ts';
import { commands } from '../size/commands.ts';
import { beginnings, requests } from '../size/groups.ts';
import { isMissing } from '../size/proxies.ts';
import { Traffic } from '../size/traffic.ts';
import { formatTable } from '../table.ts';

const usage = `usage: npm run bench:size -- [--quick] [GROUP...]
Measures filters of different sizes, next to what they are compared to, and
prints a table.
    --quick     fewer rounds and sizes
    GROUP       only the groups whose names contain one of these words
`;

interface NamedGroup {
    readonly name: string;
    readonly make: (traffic: Traffic) => Group;
}

const sizes = [10, 1000, 10_000, 100_000];
const quickSizes = [10, 10_000];

function allGroups(isQuick: boolean): NamedGroup[] {
    const rounds = isQuick ? 3 : 7;
    const chosen = isQuick ? quickSizes : sizes;
    return [
        ...(['exact', 'both'] as const).flatMap((kind) =>
            chosen.flatMap((size): NamedGroup[] => {
                const word = kind === 'both' ? 'subdomains' : 'hosts';
                const sized = { size, kind, rounds };
                return [
                    {
                        name: `${word}-${size}-allowed`,
                        make: (traffic) => requests(traffic, sized, 200),
                    },
                    {
                        name: `${word}-${size}-refused`,
                        make: (traffic) => requests(traffic, sized, 403),
                    },
                    {
                        name: `${word}-${size}-start`,
                        make: () => beginnings(sized),
                    },
                ];
            }),
        ),
        ...chosen.map((size) => ({
            name: `commands-${size}`,
            make: () => commands(size, rounds),
        })),
    ];
}

async function main(args: readonly string[]): Promise<number> {
    try {
        const { values, positionals } = parseArgs({
            args: [...args],
            options: {
                quick: { type: 'boolean', default: false },
                help: { type: 'boolean', short: 'h', default: false },
            },
            allowPositionals: true,
        });
        if (values.help) {
            process.stdout.write(usage);
            return 0;
        }
        await run(choose(allGroups(values.quick), positionals));
        return 0;
    } catch (error) {
        const message = error instanceof Error ? error.message : error;
        console.error(`bench: ${message}`);
        // parseArgs throws nothing but these.
        const isUsage =
            error instanceof UsageError || error instanceof TypeError;
        return isUsage ? 2 : 1;
    }
}

async function run(groups: readonly NamedGroup[]): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'));
    const traffic = await Traffic.make(join(directory, 'traffic'));
    traffic.startOrigin();
    const measured: NamedMeasured[] = [];
    try {
        for (const { name, make } of groups) {
            const group = make(traffic);
            console.error(`bench: ${group.title} ...`);
            measured.push({ name, ...(await measure(group)) });
        }
    } finally {
        traffic.stopOrigin();
        await rm(directory, { recursive: true });
        // What failed may have been the last of many.
        console.log(describe(measured));
    }
}

function describe(measured: readonly NamedMeasured[]): string {
    const [load = 0] = loadavg();
    return [
        `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ` +
            `load ${load.toFixed(1)} at the end`,
        ...(isMissing('squid') ? ['squid is missing: it was left out'] : []),
        formatTable(measured),
    ].join('\n');
}

// All that it started ends with it: it is the first process of its namespace.
process.exit(await main(process.argv.slice(2)));
