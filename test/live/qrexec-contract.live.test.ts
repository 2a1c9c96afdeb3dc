// Holds the stand-ins for qrexec-client and qrexec-agent to what the real
// ones were seen to do (test/golden/qrexec).
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { dom0Script, installScript } from './qrexec-services.ts';

interface Capture {
    readonly name: string;
    readonly argv: readonly string[];
    readonly stdin: string;
    readonly rc: number;
    readonly stdout: string;
    readonly stdout_len: number;
    readonly stderr: string;
}

const captures: readonly Capture[] = JSON.parse(
    readFileSync(
        new URL('../golden/qrexec/index.json', import.meta.url),
        'utf8',
    ),
);

/** Not run as they stand, and why. */
const elsewhere: Readonly<Record<string, string>> = {
    'client-killed': 'its helper vm-exec is not dom0’s: a test below',
    'vm-dies-midcall': 'ends `banking`: a test below',
    'after-unpause': 'belongs to a pause: a test below',
    'paused-vm': 'needs a pause around it: a test below',
    'paused-vm-w2': 'needs a pause around it: a test below',
    'qubesd-down-dom0-to-vm': 'our client does not know qubesd at all',
};

/** What differs from call to call, and by design. */
function masked(text: string): string {
    return (
        text
            // Times and process ids of log lines, ls and the environment.
            .replace(/^[\d-]+ [\d:.]+ (qrexec-\w+)\[\d+\]/gm, 'TIME $1[PID]')
            .replace(/[A-Z][a-z]{2} +\d+ [\d:]{4,5} /g, 'DATE ')
            .replace(/QREXEC_AGENT_PID=\d+/, 'QREXEC_AGENT_PID=PID')
            .replace(/\/proc\/\d+\/fd/, '/proc/PID/fd')
            .replace(/socket:\[\d+\]/g, 'socket:[N]')
            // Node makes no pipes: stderr is a FIFO without a name.
            .replace(/ 2 -> .*/, ' 2 -> PIPE')
            // Of the vchan that the captures were taken with.
            .replace(/^VCHAN_DOMAIN=\d+\n/m, '')
    );
}

/** What stdin was, where the capture holds only its beginning. */
function inputOf(capture: Capture): string {
    return capture.stdin.length === 200
        ? (capture.stdin[0] ?? '').repeat(10_000_000)
        : capture.stdin;
}

const comparable = captures.filter(({ name }) => !(name in elsewhere));
const compared: string[] = [];

beforeAll(async () => {
    await bed.up();
    await bed.must(['qube', 'sys-filter', 'sh', '-s'], {
        input: installScript(),
    });
    await bed.must(['dom0', 'sh', '-s'], { input: dom0Script });
});

afterAll(async () => {
    // A fresh sys-filter, without these services.
    await bed.must([
        'qube',
        'sys-filter',
        'rm',
        '/usr/local/etc/qubes-rpc/test.Override',
    ]);
    await bed.stop('sys-filter');
    await bed.start('sys-filter');
});

describe('qrexec-client does as captured', () => {
    for (const capture of comparable) {
        test(capture.name, async () => {
            const { exitCode, stdout, stderr } = await bed.run(
                ['dom0', ...capture.argv],
                { input: inputOf(capture) },
            );
            const long = capture.stdout_len > 1000;
            expect({
                exitCode,
                stdout: long ? stdout.length : masked(stdout),
                stderr: masked(stderr),
            }).toEqual({
                exitCode: capture.rc,
                stdout: long ? capture.stdout_len : masked(capture.stdout),
                stderr: masked(capture.stderr),
            });
            compared.push(capture.name);
        });
    }

    test('for every capture that is not named as tested elsewhere', () => {
        expect(compared.length).toBeGreaterThan(50);
        expect(compared).toEqual(comparable.map(({ name }) => name));
    });
});

const client = ['qrexec-client', '-d', 'sys-filter'];
const callTrue = 'root:QUBESRPC test.True dom0';

describe('qrexec-client', () => {
    test('gives up after -w seconds while the qube is paused', async () => {
        await bed.pause('sys-filter');
        const paused = await bed.dom0(...client, '-w', '2', callTrue);
        await bed.unpause('sys-filter');
        const unpaused = await bed.dom0(...client, callTrue);
        const capture = captures.find(({ name }) => name === 'paused-vm-w2');
        expect(paused.exitCode).toBe(125);
        expect(masked(paused.stderr)).toBe(masked(capture?.stderr ?? ''));
        expect(unpaused.exitCode).toBe(0);
    });

    test('ends no service when it is killed', async () => {
        const call = `${client.join(' ')} 'root:QUBESRPC test.Sleep3 dom0'`;
        const killed = await bed.dom0(
            'sh',
            '-c',
            `${call} & sleep 0.5; kill -9 $!`,
        );
        const sleeping = await bed.qube('sys-filter', 'pgrep', '-xa', 'sleep');
        expect(killed.stdout).toBe('started\n');
        expect(sleeping.stdout).toMatch(/^\d+ sleep 3\n$/);
    });

    test('returns 255 when the qube is killed in the middle', async () => {
        const call = "qrexec-client -d banking 'root:sleep 20'";
        const result = await bed.dom0(
            'sh',
            '-c',
            `${call} & sleep 0.7; qvm-kill banking; wait $!`,
        );
        await bed.start('banking');
        const capture = captures.find(({ name }) => name === 'vm-dies-midcall');
        expect(result.exitCode).toBe(255);
        expect(masked(result.stderr)).toBe(masked(capture?.stderr ?? ''));
    });
});
