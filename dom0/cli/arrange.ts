// Qubes users know both orders: `qvm-filterproxy allow work …` from most
// tools and `qvm-filterproxy work allow …` from qvm-firewall.

/** Commands on one qube, which may stand behind it. */
export const ofOneQube: ReadonlySet<string> = new Set([
    'setup',
    'allow',
    'deny',
    'default',
    'remove',
    'edit',
    'undo',
    'history',
    'copy',
    'restore',
    'list',
    'lint',
    'blocked',
    'watch',
    'check',
    'show',
    'doctor',
    'learn',
    'suggest',
    'start',
    'stop',
    'restart',
    'update',
    'lock',
    'unlock',
    'client',
]);

export type Arranged =
    | {
          /** `lone-qube`: it may as well be a mistyped command. */
          readonly kind: 'command' | 'lone-qube';
          /** With the command first. */
          readonly args: readonly string[];
      }
    /** Neither of the first two words is a command. */
    | {
          readonly kind: 'unknown';
          readonly first: string;
          readonly second: string;
      };

/**
 * Finds the command among the first two words. A first word that is none, or
 * that stands behind `--`, is a qube; alone, its rules are listed.
 */
export function arrange(
    args: readonly string[],
    commands: ReadonlySet<string>,
): Arranged {
    const start = args.findIndex((arg) => arg === '--' || !arg.startsWith('-'));
    const options = args.slice(0, start === -1 ? args.length : start);
    const [word, ...rest] = args.slice(options.length);
    if (word === undefined || commands.has(word)) {
        return { kind: 'command', args };
    }
    const [qube, ...others] = word === '--' ? rest : [word, ...rest];
    if (qube === undefined) {
        return { kind: 'command', args: options };
    }
    const [command, ...behind] = others;
    if (command !== undefined && ofOneQube.has(command)) {
        const arranged = [...options, command, qube, ...behind];
        return { kind: 'command', args: arranged };
    }
    const second = others.find((other) => !other.startsWith('-'));
    if (second !== undefined) {
        return { kind: 'unknown', first: qube, second };
    }
    const list = [...options, 'list', qube, ...others];
    return { kind: word === '--' ? 'command' : 'lone-qube', args: list };
}
