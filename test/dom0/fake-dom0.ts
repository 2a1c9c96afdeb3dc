// dom0 with strict fakes at the edge where programs are run, and real files
// below a temporary directory. A command that nobody expects is a failure.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Editor, terminalEditor } from '../../dom0/adapters/editor.ts';
import type { Notify } from '../../dom0/adapters/notify.ts';
import type { Qrexec } from '../../dom0/adapters/qrexec.ts';
import { runProgram } from '../../dom0/cli/program.ts';
import type { Terminal } from '../../dom0/cli/progress.ts';
import type { CommandDeps } from '../../dom0/command-deps.ts';
import type { SeenDaemon } from '../../dom0/core/daemon-state.ts';
import { othersBelow } from '../../dom0/core/registrable.ts';
import { makeCommandDeps } from '../../dom0/make-command-deps.ts';
import { pathsUnder } from '../../dom0/paths.ts';
import type { Pick } from '../../dom0/pick.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { StreamCommand } from '../../shared/io/stream-command.ts';
import { err as error } from '../../shared/result.ts';
import { makeDirectories } from './directories.ts';
import type { FakeAgent } from './fake-agent.ts';
import { FakeFirewall } from './fake-firewall.ts';
import { exampleQubes, type FakeQube } from './fake-qubes.ts';
import { runFakeTool } from './fake-tools.ts';
import { loadWith } from './load-with.ts';

export interface FakeDom0Options {
    readonly qubes?: readonly FakeQube[];
    /** By ProxyVM; those that run and are not named have no agent. */
    readonly agents?: Readonly<Record<string, FakeAgent>>;
    /** Rule files, by qube. */
    readonly rules?: Readonly<Record<string, string>>;
    /** Other files, by their path below /etc/qubes/filterproxy. */
    readonly files?: Readonly<Record<string, string>>;
    /** The qubes that have each tag. */
    readonly tags?: Readonly<Record<string, readonly string[]>>;
    /** Recorded owners, by qube. */
    readonly owners?: Readonly<Record<string, string>>;
    /** Answers instead of the usual ones, by program. */
    readonly tools?: Readonly<Record<string, RunCommand>>;
    /** Without one nobody is at a terminal. */
    readonly editor?: Editor;
    readonly pick?: Pick;
    readonly notify?: Notify;
    /** What ProxyVMs say that are listened to. */
    readonly stream?: StreamCommand;
    /** How ProxyVMs are called; as from dom0 if left out. */
    readonly qrexec?: Qrexec;
}

export interface CliOutcome {
    readonly exitCode: number;
    readonly out: string;
    readonly err: string;
}

export interface FakeDom0 {
    readonly deps: CommandDeps;
    readonly root: string;
    /** Command lines that were run, in order. */
    readonly commands: string[];
    readonly firewall: FakeFirewall;
    /** May be changed between commands. */
    qubes: readonly FakeQube[];
    /** As the daemon says; null: it does not run. */
    daemon: SeenDaemon;
    /** Without a terminal. */
    cli(...args: string[]): Promise<CliOutcome>;
    onTerminal(terminal: Terminal, ...args: string[]): Promise<CliOutcome>;
    rules(qube: string): Promise<string>;
    config(path: string): string;
}

const nobodyEdits: Editor = { ...terminalEditor, isAtTerminal: () => false };

const notAsked = (): Promise<never> =>
    Promise.reject(new Error('nobody is there'));
const nobodyFollows: StreamCommand = () =>
    Promise.reject(new Error('nobody was to be listened to'));

/** The time in it, and as the command line shows it. */
const noon = '2026-11-24T12:00:00Z';

/** A dom0 whose files go when the test has finished. */
export async function fakeDom0(
    options: FakeDom0Options = {},
): Promise<FakeDom0> {
    const root = mkdtempSync(join(tmpdir(), 'fake-dom0-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const paths = pathsUnder(root);
    await makeDirectories(root);
    await writeAll(join(paths.config, 'qubes'), '.rules', options.rules);
    await writeAll(join(paths.config, 'owners'), '', options.owners);
    await writeAll(paths.config, '', options.files);
    const commands: string[] = [];
    const firewall = new FakeFirewall();
    const dom0: FakeDom0 = {
        root,
        commands,
        firewall,
        qubes: options.qubes ?? exampleQubes,
        daemon: { pid: 1, isListening: true, pending: [] },
        deps: {
            ...makeCommandDeps(
                async (file, args, commandOptions) => {
                    commands.push([file, ...args].join(' '));
                    const tool = options.tools?.[file];
                    return tool
                        ? tool(file, args, commandOptions)
                        : runFakeTool(
                              {
                                  qubes: dom0.qubes,
                                  firewall,
                                  agents: options.agents ?? {},
                                  tags: options.tags ?? {},
                              },
                              file,
                              args,
                              String(commandOptions?.input ?? ''),
                          );
                },
                paths,
                (await stat(paths.config)).uid,
                options.stream ?? nobodyFollows,
                options.qrexec,
            ),
            daemon: {
                read: async () => dom0.daemon,
                write: async () => undefined,
            },
            now: () => new Date(noon),
            user: () => 'user',
            editor: options.editor ?? nobodyEdits,
            pick: options.pick ?? notAsked,
            loadOthersBelow: async () => othersBelow,
            notify: options.notify ?? notAsked,
        },
        cli: (...args) => runCli(dom0.deps, null, args),
        onTerminal: (terminal, ...args) => runCli(dom0.deps, terminal, args),
        rules: (qube) =>
            readFile(join(paths.config, `qubes/${qube}.rules`), 'utf8'),
        config: (path) => join(paths.config, path),
    };
    return dom0;
}

async function writeAll(
    directory: string,
    suffix: string,
    files: Readonly<Record<string, string>> = {},
): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
        await writeFile(join(directory, `${name}${suffix}`), text);
    }
}

async function runCli(
    deps: CommandDeps,
    terminal: Terminal | null,
    args: readonly string[],
): Promise<CliOutcome> {
    let out = '';
    let err = '';
    const exitCode = await runProgram(args, loadWith(deps), {
        out: (text) => {
            out += text;
        },
        err: (text) => {
            err += text;
        },
        terminal,
        interrupted: () => new AbortController().signal,
        beforeEnd: () => () => undefined,
        openScreen: () => error('it needs a terminal'),
    });
    return { exitCode, out, err };
}
