// The command line of qrexec-client (qubes-core-qrexec 4.4.2, as captured).

export const usage = `usage: qrexec-client [options] -d domain_name [-l local_prog|-c request_id,src_domain_name,src_domain_id|-e] user:remote_cmdline
Options:
  -h, --help - display usage
  -e - exit after sending cmd
  -E, --no-exit-code - always exit with 0 after command exits
  -t - enables replacing problematic bytes with '_' in command output, -T is the same for stderr
  -W - waits for connection end even in case of VM-VM (-c)
  -c - connect to existing process (response to trigger service call)
  -w timeout - override default connection timeout of 5s (set 0 for no timeout)
  -k - kill the domain right before exiting
  --socket-dir=PATH -  directory for qrexec socket, default: /var/run/qubes
  -p PREFIX-DATA, --prefix-data=PREFIX-DATA - send the given data before the provided stdin (can only be used once)
  --use-stdin-socket - use fd 0 (which must be socket) for both stdin and stdout
`;

export interface ClientOptions {
    readonly domain: string;
    readonly command: string;
    readonly localProgram: string | null;
    readonly prefixData: string;
    readonly justExec: boolean;
    readonly ignoreExitCode: boolean;
    readonly filterStdout: boolean;
    readonly filterStderr: boolean;
    /** Seconds, 0 for ever. The usage says 5, it is 10. */
    readonly timeout: number;
    readonly socketDirectory: string;
}

const withValue = new Set(['-d', '-l', '-w', '-p', '--prefix-data']);
const flags = new Set(['-e', '-E', '--no-exit-code', '-t', '-T']);

/** `help`, or null for what needs the usage text. */
export function parseOptions(
    argv: readonly string[],
): ClientOptions | 'help' | null {
    const seen = new Map<string, string>();
    let at = 0;
    for (; argv[at]?.startsWith('-'); at += 1) {
        const [name, inline] = splitOption(argv[at] ?? '');
        if (name === '-h' || name === '--help') {
            return 'help';
        }
        if (flags.has(name)) {
            seen.set(name, '');
        } else if (inline !== undefined) {
            seen.set(name, inline);
        } else if (withValue.has(name)) {
            at += 1;
            seen.set(name, argv[at] ?? '');
        } else {
            return null;
        }
    }
    const domain = seen.get('-d');
    const command = argv[at];
    if (domain === undefined || command === undefined || at + 1 < argv.length) {
        return null;
    }
    return {
        domain,
        command,
        localProgram: seen.get('-l') ?? null,
        prefixData: seen.get('-p') ?? seen.get('--prefix-data') ?? '',
        justExec: seen.has('-e'),
        ignoreExitCode: seen.has('-E') || seen.has('--no-exit-code'),
        filterStdout: seen.has('-t'),
        filterStderr: seen.has('-T'),
        timeout: Number(seen.get('-w') ?? 10),
        socketDirectory: seen.get('--socket-dir') ?? '/var/run/qubes',
    };
}

/** `--long=VALUE`; short options take theirs as the next word. */
function splitOption(word: string): [string, string?] {
    const match = /^(--[a-z-]+)=(.*)$/s.exec(word);
    const [, name, value] = match ?? [];
    return name === undefined || value === undefined ? [word] : [name, value];
}
