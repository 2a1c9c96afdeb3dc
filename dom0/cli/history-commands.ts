// The commands for those who change their mind.
import type { CommandEntry } from './command-table.ts';
import { edit } from './commands/edit.ts';
import { history } from './commands/history.ts';
import { undo } from './commands/undo.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const historyCommands: readonly CommandEntry[] = [
    {
        usage: 'edit <QUBE>',
        description: "change a qube's rules in an editor",
        options: ['drain', 'template', 'dryRun'],
        isQuery: false,
        helpText: help.edit,
        run: (deps, [qube = ''], flags) =>
            edit(deps, {
                ...optionsOf(flags),
                qube,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
            }),
    },
    {
        usage: 'undo [QUBE]',
        description: 'take a change of rules back',
        options: ['to', 'drain', 'template', 'dryRun'],
        isQuery: false,
        helpText: help.undo,
        run: (deps, [qube], flags) =>
            undo(deps, {
                ...optionsOf(flags),
                qube: qube ?? null,
                to: flags.to ?? null,
                template: flags.template ?? false,
                drain: flags.drain ?? false,
            }),
    },
    {
        usage: 'history [QUBE...]',
        description: 'print who changed which rules, when and how',
        options: [],
        isQuery: true,
        helpText: help.history,
        run: (deps, qubes) => history(deps, { qubes }),
    },
];
