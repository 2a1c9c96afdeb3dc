import * as commands from '../../dom0/cli/commands.ts';
import * as dialogues from '../../dom0/cli/dialogues.ts';
import type { Load } from '../../dom0/cli/loaded.ts';
import type { Deps } from '../../dom0/deps.ts';

/** The commands, on a world of the test. */
export function loadWith(deps: Deps): Load {
    return async () => ({ commands, dialogues: async () => dialogues, deps });
}
