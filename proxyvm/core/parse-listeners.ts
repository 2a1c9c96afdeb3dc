import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { LocalEnd } from './parse-sockets.ts';

export interface ListenersRead {
    readonly listeners: readonly LocalEnd[];
    /** Whether other sockets follow: there are no more listeners then. */
    readonly isEnd: boolean;
}

/**
 * Number, local and remote end in hexadecimal, state, queues, timer, what was
 * sent again, user id (proc_net_tcp.rst).
 */
const socket =
    /^ *[0-9]+: (?:[0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+ +([0-9]{1,10}) /;

/** TCP_LISTEN (include/net/tcp_states.h). */
const listening = '0A';

/**
 * Reads the head of /proc/net/tcp, or of tcp6, in whole lines. The kernel
 * puts sockets that listen before all others (net/ipv4/tcp_ipv4.c,
 * tcp_get_idx).
 */
export function parseListeners(
    untrusted_text: string,
    isIp6: boolean,
): Result<ListenersRead, string> {
    const [untrusted_header = '', ...untrusted_lines] =
        untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    if (!/^ *sl +local_address /.test(untrusted_header)) {
        return err(`not its header: ${toPrintable(untrusted_header, 120)}`);
    }
    const listeners: LocalEnd[] = [];
    for (const untrusted_line of untrusted_lines) {
        const [, port, state, uid] = socket.exec(untrusted_line) ?? [];
        if (port === undefined || uid === undefined) {
            return err(`not a socket: ${toPrintable(untrusted_line, 120)}`);
        }
        if (state !== listening) {
            return ok({ listeners, isEnd: true });
        }
        listeners.push({
            isListening: true,
            port: Number.parseInt(port, 16),
            isIp6,
            owner: Number(uid),
        });
    }
    return ok({ listeners, isEnd: false });
}
