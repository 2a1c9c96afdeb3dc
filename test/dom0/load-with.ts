import * as commands from '../../dom0/cli/commands.ts';
import * as dialogues from '../../dom0/cli/dialogues.ts';
import type { Load } from '../../dom0/cli/loaded.ts';
import type { CommandDeps } from '../../dom0/command-deps.ts';

/** The commands, on a world of the test. */
export function loadWith(deps: CommandDeps): Load {
    return async () => ({ commands, dialogues: async () => dialogues, deps });
}
