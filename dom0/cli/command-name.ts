/** The first word of how a command is used. */
export function commandName({ usage }: { readonly usage: string }): string {
    return usage.replace(/ .*/, '');
}
