// What is loaded when a command runs, and not before.
import type { CommandDeps } from '../command-deps.ts';
import type * as commands from './commands.ts';
import type * as dialogues from './dialogues.ts';

export interface Loaded {
    readonly commands: typeof commands;
    /** Loaded only for those that need them. */
    readonly dialogues: () => Promise<typeof dialogues>;
    /** What they do it with. */
    readonly deps: CommandDeps;
}

export type Load = () => Promise<Loaded>;
