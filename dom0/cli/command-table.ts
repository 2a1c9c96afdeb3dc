// The commands: how they are called, what they are for, which of what is loaded
// they run.
import { blockListCommands } from './block-list-commands.ts';
import type { Choice } from './choose-qubes.ts';
import { clientCommand } from './client-command.ts';
import { help } from './help.ts';
import { historyCommands } from './history-commands.ts';
import { learningCommands } from './learning-commands.ts';
import type { Loaded } from './loaded.ts';
import { movingCommands } from './moving-commands.ts';
import type { Flags, optionTable } from './option-table.ts';
import { optionsOf } from './options.ts';
import type { Output } from './output.ts';
import { queryCommands } from './query-commands.ts';
import type { Streams } from './run.ts';
import { setupCommands } from './setup-commands.ts';
import { wholeFileCommands } from './whole-file-commands.ts';

export interface CommandEntry {
    /** Name and arguments. */
    readonly usage: string;
    readonly description: string;
    readonly options: readonly (keyof typeof optionTable)[];
    /**
     * What it prints is what it is for: --quiet does not hide it, but with
     * --apply or --remove.
     */
    readonly isQuery: boolean;
    readonly helpText: string;
    readonly run: (
        loaded: Loaded,
        words: readonly string[],
        flags: Flags,
        streams: Streams,
    ) => Promise<Output>;
}

export const commandTable: readonly CommandEntry[] = [
    ...setupCommands,
    {
        usage: 'allow <QUBE> <PATTERN...>',
        description: 'let a qube reach hosts',
        options: [
            'asIs',
            'comment',
            'expire',
            'untilShutdown',
            'template',
            'dryRun',
        ],
        isQuery: false,
        helpText: help.allow,
        run: ({ commands, deps }, [qube = '', ...patterns], flags) =>
            commands.allow(deps, {
                ...optionsOf(flags),
                qube,
                patterns,
                asIs: flags.asIs ?? false,
                comment: flags.comment ?? null,
                expire: flags.expire ?? null,
                untilShutdown: flags.untilShutdown ?? false,
                template: flags.template ?? false,
            }),
    },
    {
        usage: 'remove <QUBE> <PATTERN|NUMBER...>',
        description: 'take rules of a qube back',
        options: ['drain', 'template', 'dryRun'],
        isQuery: false,
        helpText: help.remove,
        run: ({ commands, deps }, [qube = '', ...rules], flags) =>
            commands.remove(deps, {
                ...optionsOf(flags),
                qube,
                rules,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
            }),
    },
    ...learningCommands,
    ...historyCommands,
    ...blockListCommands,
    ...wholeFileCommands,
    ...movingCommands,
    ...queryCommands,
    clientCommand,
    {
        usage: 'update [PROXYVM|QUBE...]',
        description: 'bring ProxyVMs up to date with the rules',
        options: ['drain', 'all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.update,
        run: ({ commands, deps }, qubes, flags) =>
            commands.update(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
                drain: flags.drain ?? false,
            }),
    },
    {
        usage: 'stop [QUBE...]',
        description: 'end the proxies of qubes, until they are started',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.stop,
        run: ({ commands, deps }, qubes, flags) =>
            commands.stop(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
            }),
    },
    {
        usage: 'start [QUBE...]',
        description: 'take "stop" and "kill-all" back',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.start,
        run: ({ commands, deps }, qubes, flags) =>
            commands.start(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
            }),
    },
    {
        usage: 'restart [QUBE...]',
        description: 'end all connections of qubes, and start them anew',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.restart,
        run: ({ commands, deps }, qubes, flags) =>
            commands.restart(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
            }),
    },
    {
        usage: 'kill-all',
        description: 'end all proxies everywhere, until they are started',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.killAll,
        run: ({ commands, deps }, _, flags) =>
            commands.killAll(deps, optionsOf(flags)),
    },
    {
        usage: 'kill-all-and-restart',
        description: 'end all connections and every stop, start all anew',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.killAllAndRestart,
        run: ({ commands, deps }, _, flags) =>
            commands.killAllAndRestart(deps, optionsOf(flags)),
    },
    {
        usage: 'lock [QUBE...]',
        description: 'leave qubes no way out but their proxy',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.lock,
        run: ({ commands, deps }, qubes, flags) =>
            commands.lock(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
                command: 'lock',
            }),
    },
    {
        usage: 'unlock [QUBE...]',
        description: 'take "lock" back',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.unlock,
        run: ({ commands, deps }, qubes, flags) =>
            commands.lock(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
                command: 'unlock',
            }),
    },
];

function choiceOf(qubes: readonly string[], flags: Flags): Choice {
    return { qubes, all: flags.all ?? false, exclude: flags.exclude ?? [] };
}
