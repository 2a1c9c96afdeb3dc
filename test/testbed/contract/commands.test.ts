// The qvm-* stand-ins against what the real ones printed, in the order of the
// capture: each command sees what the ones before it changed.

import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import commands from '../../golden/cli/commands.json' with { type: 'json' };
import {
    type Running,
    runningWhenCaptured,
    startCapturedQubes,
} from './capture-state.ts';
import { type CommandResult, hasStandIn, runStandIn } from './run-stand-in.ts';

const notCovered: Readonly<Record<string, string>> = {
    'ls-tree': 'the stand-in has no --tree: nobody reads it by program',
    'ls-help-columns': 'the stand-in has no --help-columns',
    'qubesd-down': 'needs a qubesd that is down: a test of its own below',
};

/** Programs whose captures are compared elsewhere or not at all. */
const withoutStandIn: Readonly<Record<string, string>> = {
    'qvm-service': 'no stand-in: a service is a feature',
    'qvm-run': 'no stand-in: the product uses qrexec-client',
    sh: 'a shell line, tried command by command below',
};

/** When the domain was started: never the same. */
function masked({ rc, stdout, stderr }: CommandResult): CommandResult {
    return { rc, stdout: stdout.replace(/\b1[0-9]{9}\.0\b/g, 'TIME'), stderr };
}

const covered = commands.filter(
    ({ name, argv }) => !(name in notCovered) && hasStandIn(argv[0] ?? ''),
);

let running: Running;
const outcomes = new Map<string, CommandResult>();

beforeAll(async () => {
    running = await startCapturedQubes(runningWhenCaptured);
    for (const { name, argv } of covered) {
        outcomes.set(name, await runStandIn(running.socketPath, argv));
    }
});

afterAll(() => running.close());

describe('the stand-ins print byte for byte what the real tools printed', () => {
    test.each(covered)('$name', ({ name, rc, stdout, stderr }) => {
        const outcome = outcomes.get(name) as CommandResult;
        expect(masked(outcome)).toEqual(masked({ rc, stdout, stderr }));
    });

    test('compares 91 captures and leaves out only those it names', () => {
        const left = commands.filter(({ name }) => !outcomes.has(name));
        expect(outcomes.size).toBe(91);
        expect(
            left.filter(
                ({ name, argv }) =>
                    !(name in notCovered) &&
                    !((argv[0] ?? '') in withoutStandIn),
            ),
        ).toEqual([]);
    });
});

describe('captures that need a state of their own', () => {
    test('a tool ends with a traceback while qubesd is down', async () => {
        const { socketPath, stop } = await startCapturedQubes([]);
        await stop();
        const argv = ['qvm-prefs', 'work', 'ip'];
        const outcome = await runStandIn(socketPath, argv);
        await rm(dirname(socketPath), { recursive: true });
        expect(outcome).toEqual(capture('qubesd-down'));
    });

    test('qvm-start names the reason of a prohibited start', async () => {
        const { socketPath } = running;
        const feature = ['qvm-features', 'vault', 'prohibit-start'];
        await runStandIn(socketPath, [...feature, 'because rig']);
        const outcome = await runStandIn(socketPath, ['qvm-start', 'vault']);
        await runStandIn(socketPath, [...feature, '--unset']);
        expect(outcome).toEqual(capture('start-template-fails-prohibit'));
    });
});

function capture(wanted: string): CommandResult | undefined {
    const found = commands.find(({ name }) => name === wanted);
    return (
        found && { rc: found.rc, stdout: found.stdout, stderr: found.stderr }
    );
}
