// The commands that take rules over from elsewhere, and carry them there.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const movingCommands: readonly CommandEntry[] = [
    {
        usage: 'import <PATH>',
        description: 'take rules over; only shown without --apply',
        options: ['map', 'set', 'replace', 'apply'],
        isQuery: true,
        helpText: help.import,
        run: ({ commands, deps }, [path = ''], flags) =>
            commands.importRules(deps, {
                path,
                map: flags.map ?? [],
                set: flags.set ?? null,
                apply: flags.apply ?? false,
                replace: flags.replace ?? false,
                verbose: flags.verbose ?? false,
            }),
    },
    {
        usage: 'export <ARCHIVE> [QUBE...]',
        description: 'write rule files into a new archive',
        options: ['dryRun'],
        isQuery: false,
        helpText: help.export,
        run: ({ commands, deps }, [archive = '', ...qubes], flags) =>
            commands.exportRules(deps, { ...optionsOf(flags), archive, qubes }),
    },
];
