import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** The local end of a TCP socket. */
export interface LocalEnd {
    /** It waits for connections; else it is one. */
    readonly isListening: boolean;
    readonly port: number;
    readonly isIp6: boolean;
    /** The user id of whoever made it. */
    readonly owner: number;
}

/** State, two queues, local end, remote end: `0.0.0.0:8101`, `[::]:8101`. */
const socket = /^([A-Z0-9-]+) +[0-9]+ +[0-9]+ +(\S+):([0-9]{1,5}) +\S+(?: |$)/;

/** Not there if it is root's (iproute2 misc/ss.c, sock_details_print). */
const owner = / uid:([0-9]{1,10}) /;

/** Reads `ss --no-header --tcp --numeric --extended`, a socket on each line. */
export function parseSockets(
    untrusted_text: string,
): Result<LocalEnd[], string> {
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    const sockets: LocalEnd[] = [];
    for (const untrusted_line of untrusted_lines) {
        const [, state, host, digits] = socket.exec(untrusted_line) ?? [];
        const port = Number(digits);
        if (host === undefined || port > 65_535) {
            return err(`not a socket: ${toPrintable(untrusted_line, 120)}`);
        }
        sockets.push({
            isListening: state === 'LISTEN',
            port,
            isIp6: host.includes(':'),
            owner: Number(owner.exec(`${untrusted_line} `)?.[1] ?? 0),
        });
    }
    return ok(sockets);
}
