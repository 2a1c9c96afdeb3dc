// Qubes users know both orders: `qvm-filterproxy allow work …` from most
// tools and `qvm-filterproxy work allow …` from qvm-firewall.

/** Commands on one qube, which may stand before them. */
const ofOneQube = new Set(['allow', 'remove', 'list', 'lock', 'unlock']);

/**
 * The arguments with the command first. A first word that is no command, or
 * that stands behind `--`, is a qube; alone, its rules are listed.
 */
export function arrange(
    args: readonly string[],
    commands: ReadonlySet<string>,
): string[] {
    const start = args.findIndex((arg) => arg === '--' || !arg.startsWith('-'));
    const options = args.slice(0, start === -1 ? args.length : start);
    const [word, ...rest] = args.slice(options.length);
    if (word === undefined || commands.has(word)) {
        return [...args];
    }
    const [qube, ...others] = word === '--' ? rest : [word, ...rest];
    if (qube === undefined) {
        return options;
    }
    const [command, ...behind] = others;
    return command !== undefined && ofOneQube.has(command)
        ? [...options, command, qube, ...behind]
        : [...options, 'list', qube, ...others];
}
