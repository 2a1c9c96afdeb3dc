// Who listens, without a program that is asked. The kernel names these first;
// what it takes time for is to find out that no other socket follows.
import { closeSync, openSync, readSync } from 'node:fs';
import { parsedOrFail } from '../commands.ts';
import { parseListeners } from '../core/parse-listeners.ts';
import type { LocalEnd } from '../core/parse-sockets.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';
import { paths } from '../paths.ts';
import { orIfMissing } from './files.ts';

type IsEnough = (listeners: readonly LocalEnd[]) => boolean;

/** The ports of our range that somebody listens on, and for which family. */
export async function observeListeners(): Promise<LocalEnd[]> {
    return readAll(() => false);
}

/** The same, but nothing more is read once all of these ports are there. */
export function lookForListeners(ports: readonly number[]): LocalEnd[] {
    return readAll((listeners) =>
        ports.every((wanted) => listeners.some(({ port }) => port === wanted)),
    );
}

function readAll(isEnough: IsEnough): LocalEnd[] {
    const { ip, ip6 } = paths.sockets;
    return [
        ...readListeners(ip, false, isEnough),
        // Without IPv6 there is no such file.
        ...orIfMissing(() => readListeners(ip6, true, isEnough), []),
    ].filter(({ port }) => port >= firstProxyPort && port <= lastProxyPort);
}

/** The kernel looks for no more sockets than fill what is asked for. */
const atOnce = 256;

function readListeners(
    path: string,
    isIp6: boolean,
    isEnough: IsEnough,
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
            if (read.isEnd || length === 0 || isEnough(read.listeners)) {
                return read.listeners;
            }
        }
    } finally {
        closeSync(fd);
    }
}
