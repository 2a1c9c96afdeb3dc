import type { Flags } from './option-table.ts';

/** What the commands that change something have in common. */
export interface Options {
    /** Only tell what would be done. */
    readonly dryRun: boolean;
    readonly verbose: boolean;
}

export function optionsOf(flags: Flags): Options {
    return { dryRun: flags.dryRun ?? false, verbose: flags.verbose ?? false };
}
