// Who listens, without a program that is asked: the kernel names these first,
// so a few kilobytes are read however many connections there are.
import { closeSync, openSync, readSync } from 'node:fs';
import { parsedOrFail } from '../commands.ts';
import { parseListeners } from '../core/parse-listeners.ts';
import type { LocalEnd } from '../core/parse-sockets.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';
import { paths } from '../paths.ts';
import { orIfMissing } from './files.ts';

/** The ports of our range that somebody listens on, and for which family. */
export function observeListeners(): LocalEnd[] {
    const { ip, ip6 } = paths.sockets;
    return [
        ...readListeners(ip, false),
        // Without IPv6 there is no such file.
        ...orIfMissing(() => readListeners(ip6, true), []),
    ].filter(({ port }) => port >= firstProxyPort && port <= lastProxyPort);
}

/** At each reading the kernel gives whole lines, a page of them at most. */
const pageBytes = 4096;

function readListeners(path: string, isIp6: boolean): readonly LocalEnd[] {
    const page = Buffer.alloc(pageBytes);
    const fd = openSync(path, 'r');
    try {
        let text = '';
        for (;;) {
            const length = readSync(fd, page);
            text += page.toString('latin1', 0, length);
            const read = parsedOrFail(path, parseListeners(text, isIp6));
            if (read.isEnd || length === 0) {
                return read.listeners;
            }
        }
    } finally {
        closeSync(fd);
    }
}
