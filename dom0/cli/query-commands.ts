// The commands that tell something.
import { blockedCommand } from './blocked-command.ts';
import type { CommandEntry } from './command-table.ts';
import { check } from './commands/check.ts';
import { lint } from './commands/lint.ts';
import { list } from './commands/list.ts';
import { listRemoved } from './commands/list-removed.ts';
import { show } from './commands/show.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const queryCommands: readonly CommandEntry[] = [
    {
        usage: 'list [QUBE...]',
        description: 'print rules',
        options: ['effective', 'removed'],
        isQuery: true,
        helpText: help.list,
        run: (deps, qubes, flags) =>
            flags.removed
                ? listRemoved(deps, { qubes })
                : list(deps, { qubes, effective: flags.effective ?? false }),
    },
    {
        usage: 'lint [QUBE...]',
        description: 'look for rules that do not mean what they seem to',
        options: ['fix', 'narrow', 'dryRun'],
        isQuery: true,
        helpText: help.lint,
        run: (deps, qubes, flags) =>
            lint(deps, {
                ...optionsOf(flags),
                qubes,
                fix: flags.fix ?? false,
                narrow: flags.narrow ?? false,
            }),
    },
    {
        usage: 'check <QUBE> <HOST|URL...>',
        description: 'say which rule decides on a host',
        options: [],
        isQuery: true,
        helpText: help.check,
        run: (deps, [qube = '', ...hosts]) => check(deps, { qube, hosts }),
    },
    blockedCommand,
    {
        usage: 'show [PROXYVM|QUBE...]',
        description: 'print who is served by what, and who is not',
        options: [],
        isQuery: true,
        helpText: help.show,
        run: (deps, proxyvms) => show(deps, { proxyvms }),
    },
];
