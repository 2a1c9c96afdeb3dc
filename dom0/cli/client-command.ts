// The command about programs in a qube.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const clientCommand: CommandEntry = {
    usage: 'client <QUBE>',
    description: 'make programs in a qube use its proxy',
    options: ['apply', 'remove', 'template', 'dryRun'],
    isQuery: true,
    helpText: help.client,
    run: ({ commands, deps }, [qube = ''], flags) =>
        commands.client(deps, {
            ...optionsOf(flags),
            qube,
            apply: flags.apply ?? false,
            remove: flags.remove ?? false,
            template: flags.template ?? false,
        }),
};
