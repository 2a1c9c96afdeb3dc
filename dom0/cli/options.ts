/** What the commands that change something have in common. */
export interface Options {
    /** Only tell what would be done. */
    readonly dryRun: boolean;
    readonly verbose: boolean;
}
