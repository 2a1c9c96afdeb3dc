// npm run bench: see ../README.md.
import {
    attachmentOf,
    client,
    makeQubes,
    otherClient,
    proxyvm,
    removeQubes,
} from '../bed.ts';
import type { Bench } from '../bench.ts';
import {
    choose,
    type Options,
    parseOptions,
    UsageError,
    usage,
} from '../command-line.ts';
import { installNothing } from '../dom0-floors.ts';
import { allGroups, type NamedGroup } from '../groups/index.ts';
import { describeMachine, load } from '../machine.ts';
import { measure } from '../measure.ts';
import { findOpponent } from '../opponent.ts';
import { Remote } from '../remote.ts';
import { formatRun, rowsOfRun, writeRun } from '../report.ts';
import type { NamedMeasured } from '../rows.ts';
import { Stopwatch } from '../stopwatch/stopwatch.ts';

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
    try {
        const options = parseOptions(args);
        if (options.isHelp) {
            process.stdout.write(usage);
            return 0;
        }
        const groups = choose(allGroups(options.isQuick), options.words);
        await runBench(groups, options);
        return 0;
    } catch (error) {
        if (error instanceof UsageError) {
            console.error(`bench: ${error.message}\n${usage}`);
            return 2;
        }
        const message = error instanceof Error ? error.message : error;
        console.error(`bench: ${message}`);
        return 1;
    }
}

/** Whatever happens, its qubes are gone afterwards. */
async function runBench(
    groups: readonly NamedGroup[],
    options: Options,
): Promise<void> {
    let isInterrupted = false;
    const interrupt = () => {
        isInterrupted = true;
        // Whoever waits for an answer fails then, and so does all of it.
        Remote.killAll();
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    try {
        console.error('bench: starting its qubes ...');
        await makeQubes();
        await measureAll(groups, options);
    } catch (error) {
        throw isInterrupted ? new Error('interrupted') : error;
    } finally {
        Remote.killAll();
        await removeQubes();
    }
}

async function measureAll(
    groups: readonly NamedGroup[],
    { isQuick, hasCases, hasTimeline, isJson }: Options,
): Promise<void> {
    const began = new Date();
    const before = load();
    const attachment = await attachmentOf(client);
    const stopwatch = new Stopwatch(proxyvm);
    const dom0 = new Stopwatch('dom0');
    await installNothing(stopwatch);
    const opponent = await findOpponent(stopwatch, attachment.gateway);
    const bench: Bench = {
        stopwatch,
        dom0,
        client: attachment,
        other: await attachmentOf(otherClient),
        opponent,
        isQuick,
        hasTimeline,
    };
    const measured: NamedMeasured[] = [];
    for (const { name, make } of groups) {
        const group = make(bench);
        console.error(`bench: ${group.title} ...`);
        measured.push({ name, ...(await measure(group)) });
    }
    const run = {
        began,
        machine: await describeMachine(stopwatch, dom0),
        isQuick,
        hasOpponent: opponent !== null,
        load: [before, load()] as const,
        measured,
    };
    await writeRun(run);
    console.log(isJson ? rowsOfRun(run) : formatRun(run, hasCases));
}

process.exitCode = await main(process.argv.slice(2));
