// The commands that tell something.

import { blockedCommand } from './blocked-command.ts';
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import type { Loaded } from './loaded.ts';
import type { Flags } from './option-table.ts';
import { optionsOf } from './options.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

async function runList(
    { commands, deps }: Loaded,
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
    refuseTogether(flags);
    if (flags.forget) {
        return commands.forgetUsage(deps, {
            dryRun,
            qubes,
            all: flags.all ?? false,
        });
    }
    if (flags.usage) {
        return commands.listUsage(deps, { qubes });
    }
    return flags.removed
        ? commands.listRemoved(deps, { qubes })
        : commands.list(deps, { qubes, effective: flags.effective ?? false });
}

/** Each of them prints something else. */
function refuseTogether({ effective, removed, usage }: Flags): void {
    const given = [
        ...(usage ? ['--usage'] : []),
        ...(removed ? ['--removed'] : []),
        ...(effective ? ['--effective'] : []),
    ];
    const [first, other] = given;
    if (other !== undefined) {
        throw new UsageError(`${other}: not allowed with ${first}`);
    }
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
        run: ({ commands, deps }, qubes, flags) =>
            commands.lint(deps, {
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
        run: ({ commands, deps }, [qube = '', ...hosts]) =>
            commands.check(deps, { qube, hosts }),
    },
    blockedCommand,
    {
        usage: 'watch [QUBE...]',
        description: 'show live what qubes ask for, and allow it with a key',
        options: ['refused'],
        isQuery: true,
        helpText: help.watch,
        async run({ dialogues, deps }, qubes, flags, streams) {
            if (flags.json) {
                throw new UsageError(
                    'watch has no --json; use: ' +
                        'qvm-filterproxy blocked --follow --json',
                );
            }
            const { watch } = await dialogues();
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
        run: ({ commands, deps }, proxyvms) =>
            commands.show(deps, { proxyvms }),
    },
    {
        usage: 'doctor [PROXYVM|QUBE...]',
        description:
            'look at all between rules and requests, and say what mends it',
        options: [],
        isQuery: true,
        helpText: help.doctor,
        run: ({ commands, deps }, qubes) => commands.doctor(deps, { qubes }),
    },
];
