// The commands that tell something.

import type { Deps } from '../deps.ts';
import { blockedCommand } from './blocked-command.ts';
import type { CommandEntry } from './command-table.ts';
import { check } from './commands/check.ts';
import { doctor } from './commands/doctor.ts';
import { forgetUsage } from './commands/forget-usage.ts';
import { lint } from './commands/lint.ts';
import { list } from './commands/list.ts';
import { listRemoved } from './commands/list-removed.ts';
import { listUsage } from './commands/list-usage.ts';
import { show } from './commands/show.ts';
import { watch } from './commands/watch.ts';
import { help } from './help.ts';
import type { Flags } from './option-table.ts';
import { optionsOf } from './options.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

async function runList(
    deps: Deps,
    qubes: readonly string[],
    flags: Flags,
): Promise<Output> {
    const { dryRun } = optionsOf(flags);
    for (const [flag, isGiven, needed, isThere] of [
        ['--forget', flags.forget, '--usage', flags.usage],
        ['--all', flags.all, '--forget', flags.forget],
        ['--dry-run', dryRun, '--forget', flags.forget],
    ] as const) {
        if (isGiven && !isThere) {
            throw new UsageError(`${flag} can only be used with ${needed}`);
        }
    }
    if (flags.forget) {
        return forgetUsage(deps, { dryRun, qubes, all: flags.all ?? false });
    }
    if (flags.usage) {
        return listUsage(deps, { qubes });
    }
    return flags.removed
        ? listRemoved(deps, { qubes })
        : list(deps, { qubes, effective: flags.effective ?? false });
}

export const queryCommands: readonly CommandEntry[] = [
    {
        usage: 'list [QUBE...]',
        description: 'print rules',
        options: ['effective', 'removed', 'usage', 'forget', 'all', 'dryRun'],
        isQuery: true,
        helpText: help.list,
        run: runList,
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
        usage: 'watch [QUBE...]',
        description: 'show live what qubes ask for, and allow it with a key',
        options: ['refused'],
        isQuery: true,
        helpText: help.watch,
        async run(deps, qubes, flags, streams) {
            if (flags.json) {
                throw new UsageError(
                    'watch has no --json; use: ' +
                        'qvm-filterproxy blocked --follow --json',
                );
            }
            return watch(
                deps,
                { qubes, refusedOnly: flags.refused ?? false },
                streams,
            );
        },
    },
    {
        usage: 'show [PROXYVM|QUBE...]',
        description: 'print who is served by what, and who is not',
        options: [],
        isQuery: true,
        helpText: help.show,
        run: (deps, proxyvms) => show(deps, { proxyvms }),
    },
    {
        usage: 'doctor [PROXYVM|QUBE...]',
        description:
            'look at all between rules and requests, and say what mends it',
        options: [],
        isQuery: true,
        helpText: help.doctor,
        run: (deps, qubes) => doctor(deps, { qubes }),
    },
];
