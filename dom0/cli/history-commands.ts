// The commands for those who change their mind.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const historyCommands: readonly CommandEntry[] = [
    {
        usage: 'edit <QUBE>',
        description: "change a qube's rules in an editor",
        options: ['drain', 'template', 'dryRun'],
        isQuery: false,
        helpText: help.edit,
        run: ({ commands, deps }, [qube = ''], flags) =>
            commands.edit(deps, {
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
        run: ({ commands, deps }, [qube], flags) =>
            commands.undo(deps, {
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
        run: ({ commands, deps }, qubes) => commands.history(deps, { qubes }),
    },
];
