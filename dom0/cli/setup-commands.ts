// The commands that make a ProxyVM.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import { optionsOf } from './options.ts';

export const setupCommands: readonly CommandEntry[] = [
    {
        usage: 'setup <PROXYVM> <QUBE...>',
        description: 'make a ProxyVM, or use one, and put qubes behind it',
        options: ['netvm', 'basedOn', 'yes', 'lock', 'noLock', 'dryRun'],
        isQuery: false,
        helpText: help.setup,
        run: ({ commands, deps }, [proxyvm = '', ...clients], flags, streams) =>
            commands.setup(
                deps,
                {
                    ...optionsOf(flags),
                    proxyvm,
                    clients: [...new Set(clients)],
                    netvm: flags.netvm ?? null,
                    basedOn: flags.basedOn ?? null,
                    yes: flags.yes ?? false,
                    lock: flags.lock ?? null,
                },
                streams,
            ),
    },
];
