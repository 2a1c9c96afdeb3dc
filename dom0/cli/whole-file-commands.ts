// The commands that give a qube a whole file of rules.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const wholeFileCommands: readonly CommandEntry[] = [
    {
        usage: 'copy <OLD> <NEW>',
        description: 'give a qube the rules of another one',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.copy,
        run: ({ commands, deps }, [from = '', to = ''], flags) =>
            commands.copy(deps, { ...optionsOf(flags), from, to }),
    },
    {
        usage: 'restore <QUBE>',
        description: 'give a qube the rules of a removed one',
        options: ['from', 'date', 'dryRun'],
        isQuery: false,
        helpText: help.restore,
        run: ({ commands, deps }, [qube = ''], flags) =>
            commands.restore(deps, {
                ...optionsOf(flags),
                qube,
                from: flags.from ?? null,
                date: flags.date ?? null,
            }),
    },
];
