// A request through the proxy, sent from the qube itself: it alone takes the
// way that the qube's programs take. Its answer is the qube's word, which may
// be a lie, and then about itself.
import type { Ip4, Ip6 } from '../../../shared/domain/address.ts';
import type { CommandOutcome } from '../../../shared/io/run-command.ts';
import { isDomain } from '../../../shared/pattern/index.ts';
import { limits } from '../../../shared/protocol/limits.ts';

/** What to ask for; null: nothing but whether the proxy answers. */
export type ProbeTarget = {
    readonly host: string;
    readonly port: number;
} | null;

export type ProbeEnd =
    /** An HTTP status. */
    | { readonly kind: 'status'; readonly status: number }
    /** Nothing could be connected to. */
    | { readonly kind: 'closed' }
    | { readonly kind: 'silent' }
    /** It was connected to, and ended that without an answer. */
    | { readonly kind: 'ended' }
    /** Something else than a proxy answers. */
    | { readonly kind: 'odd' }
    /** The qube did not run it, for that reason. */
    | { readonly kind: 'not-run'; readonly why: string };

/** Seconds: longer than tinyproxy waits for a host that is there. */
const waitSeconds = 10;

/** The end of the command that could not connect; no other part ends so. */
const notConnected = 3;

/** What dom0 waits for the qube, milliseconds, and takes of it, bytes. */
export const probeBounds = {
    timeoutMs: (waitSeconds + 5) * 1000,
    maxBytes: 4096,
} as const;

/**
 * A command line for the qube. Without a target it speaks no HTTP: tinyproxy
 * refuses that before it looks at its filter, so it is no refused host.
 */
export function probeCommand(gateway: Ip4 | Ip6, target: ProbeTarget): string {
    if (target !== null && !isDomain(target.host)) {
        throw new Error(`no host to ask for: ${target.host}`);
    }
    const request =
        target === null
            ? 'GET / NONE/1.0'
            : `CONNECT ${target.host}:${target.port} HTTP/1.0`;
    const script =
        `exec 3<>/dev/tcp/${gateway}/${limits.gatewayPort} || ` +
        `exit ${notConnected}; ` +
        `printf "${request}\\r\\n\\r\\n" >&3 && ` +
        `IFS= read -r -n 99 line <&3 && printf "%s\\n" "$line"`;
    return `timeout ${waitSeconds} bash -c '${script}'`;
}

/** The end that timeout(1) gives to what takes too long. */
const tookTooLong = 124;

/** qrexec's own, and those of a shell that does not find a program. */
const notRun: Readonly<Record<number, string>> = {
    125: 'it does not answer qrexec: it is paused, or has not started up yet',
    126: 'it does not run commands of dom0',
    127: 'it has no bash, or no timeout',
    255: 'it went away in the middle',
};

/** What became of it, from what qrexec-client brought back. */
export function readProbe(outcome: CommandOutcome): ProbeEnd {
    const { exitCode, timedOut, tooLong } = outcome;
    const why = exitCode === null ? undefined : notRun[exitCode];
    if (why !== undefined) {
        return { kind: 'not-run', why };
    }
    if (timedOut || exitCode === tookTooLong) {
        return { kind: 'silent' };
    }
    if (exitCode === null && !tooLong) {
        return { kind: 'not-run', why: 'qrexec-client did not run' };
    }
    const untrusted_text = outcome.stdout.toString('latin1');
    const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?![0-9])/.exec(
        untrusted_text,
    )?.[1];
    if (status !== undefined) {
        return { kind: 'status', status: Number(status) };
    }
    if (exitCode === 0 || tooLong) {
        return { kind: 'odd' };
    }
    return { kind: exitCode === notConnected ? 'closed' : 'ended' };
}
