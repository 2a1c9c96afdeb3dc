// What qvm-filterproxy loads when a command runs, in dom0 or in a management
// qube: the commands, and the real world.
import { runCommand } from '../../shared/io/run-command.ts';
import { streamCommand } from '../../shared/io/stream-command.ts';
import { qrexecHere } from '../adapters/qrexec.ts';
import type { CommandDeps } from '../command-deps.ts';
import { makeCommandDeps } from '../make-command-deps.ts';
import { pathsUnder } from '../paths.ts';

export * as commands from '../cli/commands.ts';
export const dialogues = () => import('./dialogues.ts');

const rootUid = 0;

export const deps: CommandDeps = {
    ...makeCommandDeps(
        runCommand,
        pathsUnder('/'),
        rootUid,
        streamCommand,
        qrexecHere(),
    ),
    pick: async (question, choices) =>
        (await dialogues()).terminalPick(question, choices),
    loadOthersBelow: async () => (await dialogues()).othersBelow,
};
