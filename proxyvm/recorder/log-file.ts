// The log of one proxy. It lies in memory, only its proxy appends to it, and
// what was read is cut off. Nobody waits for anybody: who does not read in time
// loses lines, and nothing else happens (see LOG_LIMIT in render/tinyproxy.ts).
import {
    closeSync,
    constants,
    fstatSync,
    ftruncateSync,
    openSync,
    readFileSync,
    readSync,
} from 'node:fs';
import { decode } from '../../shared/protocol/json.ts';
import type { ProxyUid } from '../core/proxy-uid.ts';
import { type LogState, newLogState } from '../core/recorder/open-requests.ts';
import {
    logBytes,
    mostRecordedProxyBytes,
    type RecordedProxy,
    recordedProxy,
} from '../core/recorder/recorded.ts';
import { logPaths } from '../paths.ts';

export interface LogFile {
    readonly proxy: RecordedProxy;
    readonly state: LogState;
    readonly fd: number;
    readonly inode: number;
    /** Up to there it is counted. */
    offset: number;
    /** Whether nothing came since the last look. */
    isQuiet: boolean;
}

/** Opens it where it was left off: `offsetOf` tells, by the file's inode. */
export function openLog(
    uid: ProxyUid,
    offsetOf: (proxy: RecordedProxy, inode: number) => number,
): LogFile {
    const files = logPaths(uid);
    const bytes = readFileSync(files.proxy);
    const decoded = decode(recordedProxy, bytes, mostRecordedProxyBytes);
    if (!decoded.ok) {
        throw new Error(`${files.proxy}: ${decoded.error}`);
    }
    const proxy = decoded.value;
    const state = newLogState(proxy);
    const fd = openSync(files.log, constants.O_RDWR | constants.O_NOFOLLOW);
    const { ino, size } = fstatSync(fd);
    const left = offsetOf(proxy, ino);
    const offset = left <= size ? left : 0;
    return { proxy, state, fd, inode: ino, offset, isQuiet: false };
}

export function closeLog({ fd }: LogFile): void {
    closeSync(fd);
}

const chunk = Buffer.allocUnsafe(256 * 1024);

/** So much of one log at a time: others have their turn. */
const mostAtOnce = 16 * chunk.length;

/** Takes whole lines that have come, without their ends. */
export function readLines(
    log: LogFile,
    take: (untrusted_line: string) => void,
): void {
    const start = log.offset;
    while (log.offset - start < mostAtOnce) {
        const length = readSync(log.fd, chunk, 0, chunk.length, log.offset);
        const untrusted_bytes = chunk.subarray(0, length);
        const end = untrusted_bytes.lastIndexOf('\n') + 1;
        if (end === 0) {
            // So long no line is: it is nothing that tinyproxy wrote.
            log.offset += length === chunk.length ? length : 0;
            break;
        }
        const untrusted_text = untrusted_bytes.toString('latin1', 0, end - 1);
        for (const untrusted_line of untrusted_text.split('\n')) {
            take(untrusted_line);
        }
        log.offset += end;
    }
    log.isQuiet = log.offset === start;
}

/** From there on it is cut off also while more comes. */
const large = logBytes / 4;

/**
 * Cuts off what was read, in a moment in which nothing comes: a line that
 * comes right then is lost, so in a flood it is done seldom. A log that is full
 * lost some, and its proxy writes none any more (src/log.c).
 */
export function trim(log: LogFile): { isFull: boolean; isCut: boolean } {
    const { size } = fstatSync(log.fd);
    const isDue = size > 0 && (log.isQuiet || size >= large);
    const isCut = isDue && log.offset === size;
    if (isCut) {
        ftruncateSync(log.fd, 0);
        log.offset = 0;
    }
    return { isFull: size >= logBytes, isCut };
}
