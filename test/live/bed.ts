// The testbed's command line for live tests: results are returned, never
// thrown. `bed.up()` in beforeAll is fast when it is up already.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Arrival } from '../testbed/internet/arrivals.ts';
import { issuedNow } from './issued.ts';

/**
 * Files run three at a time, each on a testbed of its own: they wait more than
 * they do. The first one's is the one that is used by hand.
 */
const worker = process.env['VITEST_POOL_ID'] ?? '1';
process.env['FILTERPROXY_TESTBED'] = worker === '1' ? '' : worker;

const directory = fileURLToPath(new URL('../testbed', import.meta.url));
const testbed = `${directory}/testbed`;

/** Where the running testbed keeps its logs. */
export const bedState = execFileSync(
    'sh',
    ['-euc', '. "$here/common.sh"; printf %s "$state"'],
    { env: { ...process.env, here: directory }, encoding: 'utf8' },
);

export interface BedResult {
    readonly stdout: string;
    readonly stderr: string;
    /** Undefined when it was killed, or took longer than `timeoutMs`. */
    readonly exitCode: number | undefined;
}

export interface RunOptions {
    /** For stdin; nothing if left out. */
    readonly input?: string | Uint8Array;
    /** Milliseconds, 30 seconds if left out. */
    readonly timeoutMs?: number;
}

/** `testbed ARGS…` */
async function run(
    args: readonly string[],
    { input, timeoutMs = 30_000 }: RunOptions = {},
): Promise<BedResult> {
    const [program = testbed, ...words] = commandLine(args);
    const { stdout, stderr, exitCode } = await execa(program, words, {
        ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
        reject: false,
        stripFinalNewline: false,
        timeout: timeoutMs,
    });
    return { stdout, stderr, exitCode };
}

/** What only enters a testbed that is up goes in by the shortest way. */
function commandLine(args: readonly string[]): string[] {
    const [verb = '', ...words] = args;
    const isWhole =
        words.length > (verb === 'qube' ? 1 : 0) &&
        ['dom0', 'qube', 'internet'].includes(verb);
    return isWhole && existsSync(`${bedState}/ready`)
        ? [`${directory}/enter-bed`, bedState, ...args]
        : [testbed, ...args];
}

/** The same for a step that a test stands on: a failure is thrown. */
async function must(
    args: readonly string[],
    options?: RunOptions,
): Promise<void> {
    const result = await run(args, options);
    if (result.exitCode !== 0) {
        throw new Error(
            `testbed ${args.join(' ')}: exit ${result.exitCode}: ` +
                `${result.stdout}${result.stderr}`,
        );
    }
}

/** The same for a command that is talked to while it runs. */
function spawn(args: readonly string[]) {
    const [program = testbed, ...words] = commandLine(args);
    return execa(program, words, {
        stdin: 'pipe',
        stdout: 'pipe',
        stderr: 'inherit',
        buffer: false,
        reject: false,
    });
}

/** Those that every file finds running. */
const running = ['sys-filter', 'sys-filter2', 'work', 'banking'];

/** A file that failed half way must not take the next ones with it. */
async function isWhole(): Promise<boolean> {
    const entered = running.map((name) => run(['qube', name, 'true']));
    return (await Promise.all(entered)).every((each) => each.exitCode === 0);
}

/**
 * What was asked for before is nothing to this file; journald would remember
 * which units said too much. There is no limit on ICMP errors: the kernel sends
 * one a second to each client, so of many probes of closed ports most would
 * wait.
 */
const begin = `
    systemctl stop qubes-filterproxy-recorder.service || true
    rm -rf /run/qubes-filterproxy/tenures.json /run/qubes-filterproxy/recorded
    systemctl reset-failed systemd-journald
    systemctl restart systemd-journald
    sysctl --quiet -w net.ipv4.icmp_ratelimit=0
`;

/** It serves nobody, and knows of no request. */
async function beginIn(proxyvm: string): Promise<void> {
    const service = 'root:QUBESRPC qubes.FilterProxy+stop dom0';
    const input = JSON.stringify({ version: 1, issued: issuedNow() });
    await run(['dom0', 'qrexec-client', '-d', proxyvm, service], { input });
    await must(['qube', proxyvm, 'sh', '-euc', begin]);
}

/**
 * Without the daemon, which would do by itself what tests do step by step;
 * its own start it.
 */
async function up(): Promise<void> {
    const slow = { timeoutMs: 600_000 };
    await must(['up'], slow);
    if (!(await isWhole())) {
        console.error(`begun anew: ${(await run(['log'])).stdout}`);
        await must(['down']);
        await must(['up'], slow);
    }
    await must(['dom0', 'systemctl', 'stop', 'qubes-filterproxyd']);
    await Promise.all(['sys-filter', 'sys-filter2'].map(beginIn));
}

export const bed = {
    run,
    spawn,
    must,
    up,
    dom0: (...command: string[]) => run(['dom0', ...command]),
    qube: (name: string, ...command: string[]) =>
        run(['qube', name, ...command]),
    start: (name: string) => must(['start', name]),
    stop: (name: string) => must(['stop', name]),
    kill: (name: string) => must(['kill', name]),
    pause: (name: string) => must(['pause', name]),
    unpause: (name: string) => must(['unpause', name]),
    create: (name: string, ...options: string[]) =>
        must(['create', name, ...options]),
    remove: (name: string) => must(['remove', name]),
    dns: (name: string, ...addresses: string[]) =>
        must(['dns', name, ...addresses]),
    qubesd: (action: 'stop' | 'start' | 'freeze' | 'thaw') =>
        must(['qubesd', action]),
    /** All that reached the made-up Internet's servers since `up`. */
    arrived,
} as const;

async function arrived(): Promise<(Arrival & { readonly time: string })[]> {
    const lines = (await readFile(`${bedState}/arrived.jsonl`, 'utf8')).split(
        '\n',
    );
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
