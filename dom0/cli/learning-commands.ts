// The commands by which a qube shows what it needs.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const learningCommands: readonly CommandEntry[] = [
    {
        usage: 'learn <QUBE>',
        description: 'let a qube reach all hosts for a time, recorded',
        options: ['for', 'stop', 'dryRun'],
        isQuery: false,
        helpText: help.learn,
        run: ({ commands, deps }, [qube = ''], flags) =>
            commands.learn(deps, {
                ...optionsOf(flags),
                qube,
                duration: flags.for ?? null,
                stop: flags.stop ?? false,
            }),
    },
    {
        usage: 'suggest <QUBE>',
        description: 'make rules of what a qube asked for',
        options: ['all', 'template', 'dryRun'],
        isQuery: false,
        helpText: help.suggest,
        async run({ dialogues, deps }, [qube = ''], flags) {
            const { suggestRules } = await dialogues();
            return suggestRules(deps, {
                ...optionsOf(flags),
                qube,
                all: flags.all ?? false,
                template: flags.template ?? false,
                isAsking: flags.json !== true && flags.dryRun !== true,
            });
        },
    },
];
