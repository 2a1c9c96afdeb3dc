// The commands: how they are called, what they are for, what they run.
import type { Deps } from '../deps.ts';
import { blockListCommands } from './block-list-commands.ts';
import type { Choice } from './choose-qubes.ts';
import { clientCommand } from './client-command.ts';
import { allow } from './commands/allow.ts';
import { killAll, killAllAndRestart } from './commands/kill-all.ts';
import { lock } from './commands/lock.ts';
import { remove } from './commands/remove.ts';
import { restart } from './commands/restart.ts';
import { start } from './commands/start.ts';
import { stop } from './commands/stop.ts';
import { update } from './commands/update.ts';
import { help } from './help.ts';
import { historyCommands } from './history-commands.ts';
import { learningCommands } from './learning-commands.ts';
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
    /** What it prints is what it is for: --quiet does not hide it. */
    readonly isQuery: boolean;
    readonly helpText: string;
    readonly run: (
        deps: Deps,
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
        run: (deps, [qube = '', ...patterns], flags) =>
            allow(deps, {
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
        run: (deps, [qube = '', ...rules], flags) =>
            remove(deps, {
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
        run: (deps, qubes, flags) =>
            update(deps, {
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
        run: (deps, qubes, flags) =>
            stop(deps, { ...optionsOf(flags), ...choiceOf(qubes, flags) }),
    },
    {
        usage: 'start [QUBE...]',
        description: 'take "stop" and "kill-all" back',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.start,
        run: (deps, qubes, flags) =>
            start(deps, { ...optionsOf(flags), ...choiceOf(qubes, flags) }),
    },
    {
        usage: 'restart [QUBE...]',
        description: 'end all connections of qubes, and start them anew',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.restart,
        run: (deps, qubes, flags) =>
            restart(deps, { ...optionsOf(flags), ...choiceOf(qubes, flags) }),
    },
    {
        usage: 'kill-all',
        description: 'end all proxies everywhere, until they are started',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.killAll,
        run: (deps, _, flags) => killAll(deps, optionsOf(flags)),
    },
    {
        usage: 'kill-all-and-restart',
        description: 'end all connections and every stop, start all anew',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.killAllAndRestart,
        run: (deps, _, flags) => killAllAndRestart(deps, optionsOf(flags)),
    },
    {
        usage: 'lock [QUBE...]',
        description: 'leave qubes no way out but their proxy',
        options: ['all', 'exclude', 'dryRun'],
        isQuery: false,
        helpText: help.lock,
        run: (deps, qubes, flags) =>
            lock(deps, {
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
        run: (deps, qubes, flags) =>
            lock(deps, {
                ...optionsOf(flags),
                ...choiceOf(qubes, flags),
                command: 'unlock',
            }),
    },
];

function choiceOf(qubes: readonly string[], flags: Flags): Choice {
    return { qubes, all: flags.all ?? false, exclude: flags.exclude ?? [] };
}
