// The commands for qubes that may reach all hosts but those of their rules.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const blockListCommands: readonly CommandEntry[] = [
    {
        usage: 'deny <QUBE> <PATTERN...>',
        description: 'keep a qube from hosts, if it has a block list',
        options: ['asIs', 'comment', 'template', 'drain', 'dryRun'],
        isQuery: false,
        helpText: help.deny,
        run: ({ commands, deps }, [qube = '', ...patterns], flags) =>
            commands.deny(deps, {
                ...optionsOf(flags),
                qube,
                patterns,
                asIs: flags.asIs ?? false,
                comment: flags.comment ?? null,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
            }),
    },
    {
        usage: 'default <QUBE> <allow|deny>',
        description: 'say what becomes of hosts that no rule names',
        options: ['clear', 'template', 'drain', 'dryRun'],
        isQuery: false,
        helpText: help.default,
        run: ({ commands, deps }, [qube = '', value = ''], flags) =>
            commands.setDefaultOf(deps, {
                ...optionsOf(flags),
                qube,
                value,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
                clear: flags.clear ?? false,
            }),
    },
];
