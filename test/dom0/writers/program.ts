// The command line in a process of its own, on the files below a root
// directory, with real locks. Arguments: ROOT COMMAND...
//
// With KILL_AT=n it is killed before it changes a file below /etc for the n-th
// time.
import { statSync } from 'node:fs';
import promises from 'node:fs/promises';
import { terminalEditor } from '../../../dom0/adapters/editor.ts';
import { runProgram } from '../../../dom0/cli/program.ts';
import { makeCommandDeps } from '../../../dom0/make-command-deps.ts';
import { pathsUnder } from '../../../dom0/paths.ts';
import { runCommand } from '../../../shared/io/run-command.ts';
import { err } from '../../../shared/result.ts';
import { obedientAgent } from '../fake-agent.ts';
import { FakeFirewall } from '../fake-firewall.ts';
import { exampleQubes } from '../fake-qubes.ts';
import { runFakeTool } from '../fake-tools.ts';
import { loadWith } from '../load-with.ts';

const [root = '', ...args] = process.argv.slice(2);
const killAt = Number(process.env['KILL_AT'] ?? 0);
let changes = 0;

function countChange(): void {
    changes += 1;
    if (changes === killAt) {
        process.kill(process.pid, 'SIGKILL');
        // It is dead before this ends.
        for (;;) {}
    }
}

type Method = (...args: unknown[]) => unknown;

const ours = new WeakSet<object>();

/** Counts the calls of some methods that concern a file of ours. */
function watch(
    object: object,
    names: readonly string[],
    isOurs: (self: unknown, path: unknown) => boolean,
): void {
    const methods = object as Record<string, Method>;
    for (const name of names) {
        const method = methods[name];
        methods[name] = function (this: object, ...rest) {
            if (isOurs(this, rest[0])) {
                countChange();
            }
            return method?.apply(this, rest);
        };
    }
}

const isBelow = (_: unknown, path: unknown) =>
    String(path).startsWith(pathsUnder(root).config);

/** Opened to be written, so what is done with it counts as well. */
function watchOpen(): void {
    const { open } = promises;
    promises.open = async (path, flags, mode) => {
        const isWritten = isBelow(null, path) && flags === 'wx';
        if (isWritten) {
            countChange();
        }
        const handle = await open(path, flags, mode);
        if (isWritten) {
            ours.add(handle);
        }
        return handle;
    };
}

async function main(): Promise<void> {
    const tools = {
        qubes: exampleQubes,
        firewall: new FakeFirewall(),
        agents: { 'sys-filter': obedientAgent().agent },
        tags: {},
    };
    const paths = pathsUnder(root);
    const deps = makeCommandDeps(
        async (file, words, options) =>
            file === 'flock'
                ? runCommand(file, words, options)
                : runFakeTool(tools, file, words, String(options?.input ?? '')),
        paths,
        statSync(paths.config).uid,
    );
    const handle = await promises.open('/dev/null');
    const ofHandles = ['writeFile', 'chown', 'chmod', 'sync'];
    watch(Object.getPrototypeOf(handle), ofHandles, (self) =>
        ours.has(self as object),
    );
    await handle.close();
    watch(promises, ['rename', 'rm'], isBelow);
    watchOpen();
    process.exitCode = await runProgram(
        args,
        loadWith({
            ...deps,
            editor: { ...terminalEditor, isAtTerminal: () => true },
        }),
        {
            out: (text) => process.stdout.write(text),
            err: (text) => process.stderr.write(text),
            terminal: null,
            interrupted: () => new AbortController().signal,
            beforeEnd: () => () => undefined,
            openScreen: () => err('it needs a terminal'),
        },
    );
}

void main();
