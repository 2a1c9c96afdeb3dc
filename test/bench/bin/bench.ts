// npm run bench: see ../README.md.
import { attachmentOfClient, makeQubes, proxyvm, removeQubes } from '../bed.ts';
import type { Bench } from '../bench.ts';
import {
    choose,
    type Options,
    parseOptions,
    UsageError,
    usage,
} from '../command-line.ts';
import { allGroups } from '../groups/index.ts';
import { describeMachine, load } from '../machine.ts';
import { type Measured, measure } from '../measure.ts';
import { Opponent, opponentVariable } from '../opponent.ts';
import { Remote } from '../remote.ts';
import { formatRun, writeRun } from '../report.ts';
import { Stopwatch } from '../stopwatch/stopwatch.ts';

async function main(args: readonly string[]): Promise<number> {
    try {
        const options = parseOptions(args);
        if (options.isHelp) {
            process.stdout.write(usage);
            return 0;
        }
        await runBench(options);
        return 0;
    } catch (error) {
        if (error instanceof UsageError) {
            console.error(`bench: ${error.message}\n${usage}`);
            return 2;
        }
        console.error(
            `bench: ${error instanceof Error ? error.message : error}`,
        );
        return 1;
    }
}

async function runBench(options: Options): Promise<void> {
    // Whoever waits fails then, and the qubes are removed all the same.
    process.once('SIGINT', () => Remote.killAll());
    process.once('SIGTERM', () => Remote.killAll());
    try {
        console.error('bench: starting its qubes ...');
        await makeQubes();
        await measureAll(options);
    } finally {
        await removeQubes();
    }
}

async function measureAll({ isQuick, words }: Options): Promise<void> {
    const began = new Date();
    const before = load();
    const client = await attachmentOfClient();
    const { gateway } = client;
    const stopwatch = new Stopwatch(proxyvm);
    const dom0 = new Stopwatch('dom0');
    const opponent = await findOpponent(stopwatch, gateway);
    const bench: Bench = { stopwatch, dom0, gateway, opponent, isQuick };
    const groups = choose(allGroups(bench, client), words);
    const measured: Measured[] = [];
    for (const group of groups) {
        console.error(`bench: ${group.title} ...`);
        measured.push(await measure(group));
    }
    const run = {
        began,
        machine: await describeMachine(stopwatch),
        isQuick,
        hasOpponent: opponent !== null,
        load: [before, load()] as const,
        measured,
    };
    stopwatch.end();
    dom0.end();
    await writeRun(run);
    console.log(formatRun(run));
}

async function findOpponent(
    stopwatch: Stopwatch,
    gateway: string,
): Promise<Opponent | null> {
    const path = process.env[opponentVariable];
    if (path === undefined || path === '') {
        return null;
    }
    const opponent = new Opponent(stopwatch, gateway);
    await opponent.install(path);
    return opponent;
}

process.exitCode = await main(process.argv.slice(2));
