// The commands that take rules over from elsewhere, and carry them there.
import type { CommandEntry } from './command-table.ts';
import { exportRules } from './commands/export.ts';
import { importRules } from './commands/import.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const movingCommands: readonly CommandEntry[] = [
    {
        usage: 'import <PATH>',
        description: 'take rules over; only shown without --apply',
        options: ['map', 'set', 'replace', 'apply'],
        isQuery: true,
        helpText: help.import,
        run: (deps, [path = ''], flags) =>
            importRules(deps, {
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
        run: (deps, [archive = '', ...qubes], flags) =>
            exportRules(deps, { ...optionsOf(flags), archive, qubes }),
    },
];
