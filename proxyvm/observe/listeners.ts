// Whether started proxies listen, without a program that is asked each time.
// The kernel names listeners first; what it takes time for is to find out that
// no other socket follows, so that is left out.
import { closeSync, openSync, readSync } from 'node:fs';
import { orIfMissing } from '../../shared/io/errno.ts';
import { parsedOrFail } from '../commands.ts';
import { parseListeners } from '../core/parse-listeners.ts';
import type { LocalEnd } from '../core/parse-sockets.ts';
import { paths } from '../paths.ts';

/**
 * Those that listen on these ports, of our range, and for which family. What
 * follows them is not read once all are there.
 */
export function lookForListeners(ports: readonly number[]): LocalEnd[] {
    const { ip, ip6 } = paths.sockets;
    return [
        ...readListeners(ip, false, ports),
        // Without IPv6 there is no such file.
        ...orIfMissing(() => readListeners(ip6, true, ports), []),
    ].filter(({ port }) => ports.includes(port));
}

/** The kernel looks for no more sockets than fill what is asked for. */
const atOnce = 256;

function readListeners(
    path: string,
    isIp6: boolean,
    ports: readonly number[],
): readonly LocalEnd[] {
    const bytes = Buffer.alloc(atOnce);
    const fd = openSync(path, 'r');
    try {
        let text = '';
        for (;;) {
            const length = readSync(fd, bytes);
            text += bytes.toString('latin1', 0, length);
            const lines = text.slice(0, text.lastIndexOf('\n') + 1);
            const read = parsedOrFail(path, parseListeners(lines, isIp6));
            const areThere = ports.every((wanted) =>
                read.listeners.some(({ port }) => port === wanted),
            );
            if (read.isEnd || length === 0 || areThere) {
                return read.listeners;
            }
        }
    } finally {
        closeSync(fd);
    }
}
