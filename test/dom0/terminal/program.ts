// The command line in a process of its own, at its own terminal, on the files
// below a root directory. sys-filter tells of refused hosts, without an end if
// it is listened to, and with AGENT=hangs does not answer when it is told whom to
// serve. Arguments: ROOT COMMAND...
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { interruptOf } from '../../../dom0/adapters/interrupt.ts';
import { terminalPick } from '../../../dom0/adapters/picker.ts';
import { terminalScreen } from '../../../dom0/adapters/screen.ts';
import { runProgram } from '../../../dom0/cli/program.ts';
import { makeCommandDeps } from '../../../dom0/make-command-deps.ts';
import { pathsUnder } from '../../../dom0/paths.ts';
import type { StreamCommand } from '../../../shared/io/stream-command.ts';
import { FakeFirewall } from '../fake-firewall.ts';
import { exampleQubes } from '../fake-qubes.ts';
import { requestsText, tellingAgent } from '../fake-requests.ts';
import { runFakeTool } from '../fake-tools.ts';
import { loadWith } from '../load-with.ts';

const [root = '', ...args] = process.argv.slice(2);

const entries = [
    { host: 'older.test', lastAgo: 120, firstAgo: 120 },
    { host: 'xn--80ak6aa92e.test' },
    { host: 'newer.test', lastAgo: 1 },
];

const endless: StreamCommand = async (_file, _args, { onLine, signal }) => {
    for (let count = 1; !signal.aborted; count += 1) {
        const told = [{ host: 'again.test', count, lastAgo: 0 }];
        const line = requestsText([{ name: 'work', entries: told }]);
        await onLine(Buffer.from(line));
        await delay(20);
    }
    return { kind: 'aborted' };
};

const gone = {
    kind: 'exit',
    exitCode: 255,
    stderr: Buffer.alloc(0),
    startError: null,
} as const;

let calls = 0;

/** It goes away once, for a second. */
const comesBack: StreamCommand = async (file, args, options) => {
    calls += 1;
    const told = [{ host: `call${calls}.test`, port: 443, lastAgo: 0 }];
    const line = requestsText([{ name: 'work', entries: told }]);
    await options.onLine(Buffer.from(line));
    return calls === 1 ? gone : endless(file, args, options);
};

const broken: StreamCommand = async (_file, _args, { onLine }) => {
    await onLine(Buffer.from(requestsText([{ name: 'work', entries }])));
    await delay(300);
    throw new Error('our own mistake');
};

/** Named by STREAM in the environment. */
const streams: Readonly<Record<string, StreamCommand>> = {
    endless,
    comesBack,
    broken,
};

const tools = {
    qubes: exampleQubes,
    firewall: new FakeFirewall(),
    agents: { 'sys-filter': tellingAgent([{ name: 'work', entries }]) },
    tags: {},
};
const paths = pathsUnder(root);
const deps = {
    ...makeCommandDeps(
        async (file, words, options) => {
            const isTold = words.some((word) => word.includes('+apply'));
            if (isTold && process.env['AGENT'] === 'hangs') {
                process.stderr.write('it is told\n');
                await delay(60_000);
            }
            return runFakeTool(
                tools,
                file,
                words,
                String(options?.input ?? ''),
            );
        },
        paths,
        statSync(paths.config).uid,
        streams[process.env['STREAM'] ?? 'endless'],
    ),
    pick: terminalPick,
};
const interrupt = interruptOf(process);
process.stdout.on('error', interrupt.onOutputError);
process.stderr.on('error', interrupt.onOutputError);
void runProgram(args, loadWith(deps), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: null,
    interrupted: interrupt.begin,
    beforeEnd: interrupt.beforeEnd,
    openScreen: terminalScreen(process),
}).then((exitCode) => {
    process.exitCode = exitCode;
    interrupt.finish();
});
