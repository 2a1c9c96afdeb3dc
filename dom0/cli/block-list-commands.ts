// The commands for qubes that may reach all hosts but those of their rules.
import type { CommandEntry } from './command-table.ts';
import { setDefaultOf } from './commands/default.ts';
import { deny } from './commands/deny.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const blockListCommands: readonly CommandEntry[] = [
    {
        usage: 'deny <QUBE> <PATTERN...>',
        description: 'keep a qube from hosts, if it has a block list',
        options: ['asIs', 'comment', 'template', 'drain', 'dryRun'],
        isQuery: false,
        helpText: help.deny,
        run: (deps, [qube = '', ...patterns], flags) =>
            deny(deps, {
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
        run: (deps, [qube = '', value = ''], flags) =>
            setDefaultOf(deps, {
                ...optionsOf(flags),
                qube,
                value,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
                clear: flags.clear ?? false,
            }),
    },
];
