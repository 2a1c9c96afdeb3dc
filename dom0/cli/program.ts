// The command line: from words to a command of the table, run.
import { Command, CommanderError } from 'commander';
import { type Arranged, arrange } from './arrange.ts';
import { commandName } from './command-name.ts';
import { type CommandEntry, commandTable } from './command-table.ts';
import { complete, completionFlag } from './complete/complete.ts';
import { help } from './help.ts';
import type { Load } from './loaded.ts';
import { type Flags, globalOptions, optionTable } from './option-table.ts';
import type { Output } from './output.ts';
import { progressFor } from './progress-for.ts';
import {
    formatUsageError,
    type Manner,
    programName,
    runToExitCode,
    type Streams,
} from './run.ts';
import { unknownCommand, unknownToHelp, unknownWord } from './unknown-word.ts';
import { UnknownQubeError } from './usage-error.ts';

/** Runs the program with these arguments; returns its exit code. */
export async function runProgram(
    args: readonly string[],
    load: Load,
    streams: Streams,
): Promise<number> {
    if (args[0] === completionFlag) {
        return complete(commandTable, args.slice(1), load, streams.out);
    }
    const names = commandTable.map(commandName);
    const arranged = arrange(args, new Set([...names, 'help']));
    let exitCode = 0;
    const program = buildProgram(streams);
    for (const entry of neededFor(arranged)) {
        const command = addCommand(program, entry, streams);
        command.action(async () => {
            const flags = flagsOf(command);
            const loaded = await load();
            const { commands, deps } = loaded;
            const seen = { ...deps, progress: progressFor(flags, streams) };
            const run = () =>
                entry.run(
                    { ...loaded, deps: seen },
                    command.args,
                    flags,
                    streams,
                );
            const isLone = arranged.kind === 'lone-qube';
            if (flags.timings === true) {
                deps.trace.begin('Node.js and the program start');
            }
            exitCode = await runToExitCode(
                isLone ? orUnknownWord(run, names) : run,
                mannerOf(entry, flags),
                usageOf(isLone ? program : command),
                streams,
            );
            if (flags.timings === true) {
                streams.err(commands.formatTimings(deps.trace.end()));
            }
        });
    }
    if (arranged.kind === 'unknown') {
        const { first, second } = arranged;
        const fail = async () => {
            const { inventory } = (await load()).deps;
            throw await unknownCommand(inventory, first, second, names);
        };
        return runToExitCode(fail, silent, usageOf(program), streams);
    }
    const wrong = unknownToHelp(arranged.args, names);
    if (wrong !== null) {
        const fail = () => Promise.reject(wrong);
        return runToExitCode(fail, silent, usageOf(program), streams);
    }
    const failed = await parse(program, ofHelpItself(arranged.args));
    return failed ?? exitCode;
}

/** The command that is typed first; all of them where they may be listed. */
function neededFor(arranged: Arranged): readonly CommandEntry[] {
    const [typed] = arranged.kind === 'unknown' ? [] : arranged.args;
    const found = commandTable.filter((entry) => commandName(entry) === typed);
    return found.length === 0 ? commandTable : found;
}

/** `help help` is `help`: it is no command that commander knows. */
function ofHelpItself(args: readonly string[]): readonly string[] {
    return args[0] === 'help' && args[1] === 'help' ? ['help'] : args;
}

/** Runs the command; the exit code if it comes to none. */
async function parse(
    program: Command,
    args: readonly string[],
): Promise<number | null> {
    try {
        await program.parseAsync([...args], { from: 'user' });
        return null;
    } catch (error) {
        // A wrong command line, or the end after --help and --version.
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? 0 : 2;
        }
        throw error;
    }
}

const silent: Manner = { isJson: false, isQuiet: true };

function flagsOf(command: Command): Flags {
    return command.optsWithGlobals<Flags>();
}

function mannerOf(entry: CommandEntry, flags: Flags): Manner {
    const { apply = false, remove = false, dryRun = false } = flags;
    const isChange = (apply || remove) && !dryRun;
    return {
        isJson: flags.json === true,
        isQuiet: flags.quiet === true && (!entry.isQuery || isChange),
    };
}

/** A word that was taken for a qube may have been meant as a command. */
function orUnknownWord(
    run: () => Promise<Output>,
    commands: readonly string[],
): () => Promise<Output> {
    return async () => {
        try {
            return await run();
        } catch (error) {
            throw error instanceof UnknownQubeError
                ? unknownWord(error.word, commands)
                : error;
        }
    };
}

function buildProgram(streams: Streams): Command {
    return configure(new Command(programName), streams)
        .description('Say which hosts a qube may reach, by their names.')
        .version(
            `${programName} ${PROGRAM_VERSION}`,
            '--version',
            'print the version',
        )
        .option(...globalOptions.verbose)
        .option(...globalOptions.quiet)
        .option(...globalOptions.json)
        .option(...globalOptions.timings)
        .helpCommand('help [COMMAND]', 'print this help, or that of a command')
        .addHelpText('after', help.program);
}

function addCommand(
    program: Command,
    entry: CommandEntry,
    streams: Streams,
): Command {
    const command = configure(program.command(entry.usage), streams)
        .description(entry.description)
        .addHelpText('after', entry.helpText);
    for (const option of entry.options) {
        const [flag, description] = optionTable[option];
        if (option === 'exclude' || option === 'map') {
            command.option(flag, description, collected);
        } else {
            command.option(flag, description);
        }
    }
    return command;
}

/** An option that may be repeated. */
function collected(word: string, before: readonly string[] = []): string[] {
    return [...before, word];
}

/** Ends by an exception, writes where it is told, and errs as qvm-tools do. */
function configure(command: Command, streams: Streams): Command {
    return command
        .helpOption(...globalOptions.help)
        .configureHelp({ showGlobalOptions: true })
        .exitOverride()
        .configureOutput({
            writeOut: streams.out,
            writeErr: streams.err,
            outputError: (message) => {
                streams.err(formatUsageError(usageOf(command), message));
            },
        });
}

function usageOf(command: Command): string {
    return command.createHelp().commandUsage(command);
}
