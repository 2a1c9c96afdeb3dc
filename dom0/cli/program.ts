// The command line: from words to a command of the table, run.
import { Command, CommanderError } from 'commander';
import type { Deps } from '../deps.ts';
import { arrange } from './arrange.ts';
import {
    type CommandEntry,
    commandTable,
    type Flags,
    optionTable,
} from './command-table.ts';
import { help } from './help.ts';
import {
    formatUsageError,
    programName,
    runToExitCode,
    type Streams,
} from './run.ts';

/** Runs the program with these arguments; returns its exit code. */
export async function runProgram(
    args: readonly string[],
    deps: Deps,
    streams: Streams,
): Promise<number> {
    let exitCode = 0;
    const program = buildProgram(streams);
    for (const entry of commandTable) {
        const command = addCommand(program, entry, streams);
        command.action(async () => {
            exitCode = await runEntry(entry, command, deps, streams);
        });
    }
    const names = new Set(program.commands.map((command) => command.name()));
    try {
        await program.parseAsync(arrange(args, names), { from: 'user' });
        return exitCode;
    } catch (error) {
        // A wrong command line, or the end after --help and --version.
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? 0 : 2;
        }
        throw error;
    }
}

function buildProgram(streams: Streams): Command {
    return configure(new Command(programName), streams)
        .description('Say which hosts a qube may reach, by their names.')
        .version(
            `${programName} ${PROGRAM_VERSION}`,
            '--version',
            'print the version',
        )
        .option('-v, --verbose', 'say in detail what is done')
        .option('-q, --quiet', 'say nothing when all is well')
        .helpCommand(false)
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
        command.option(flag, description);
    }
    return command;
}

/** Ends by an exception, writes where it is told, and errs as qvm-tools do. */
function configure(command: Command, streams: Streams): Command {
    return command
        .helpOption('-h, --help', 'print this help')
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

function runEntry(
    entry: CommandEntry,
    command: Command,
    deps: Deps,
    streams: Streams,
): Promise<number> {
    const flags = command.optsWithGlobals<Flags>();
    const isQuiet = flags.quiet === true && !entry.isQuery;
    return runToExitCode(
        () => entry.run(deps, command.args, flags),
        { isJson: flags.json === true, isQuiet },
        usageOf(command),
        streams,
    );
}
