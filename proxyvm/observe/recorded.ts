// What the recorder has kept. It is a process that reads what clients write, so
// what lies in its directory may be anything.
import {
    closeSync,
    constants,
    fstatSync,
    openSync,
    readdirSync,
    readFileSync,
} from 'node:fs';
import { parseUuid, type Uuid } from '../../shared/domain/uuid.ts';
import { isErrno, orIfMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import {
    mostRecordedBytes,
    type RecordedRequests,
    recordedRequests,
} from '../core/recorder/recorded.ts';
import { paths, recordedPath } from '../paths.ts';
import { Unchanged } from './unchanged.ts';

export class RecordedFiles {
    readonly #files = new Unchanged<RecordedRequests | null>();

    /** Of each client of which something was kept since this ProxyVM started. */
    read(): Map<Uuid, RecordedRequests> {
        const names = orIfMissing(() => readdirSync(paths.recorded), []);
        const all = new Map<Uuid, RecordedRequests>();
        for (const name of names) {
            const client = parseUuid(name.replace(/\.json$/, ''));
            const recorded = client.ok
                ? this.#files.read(recordedPath(client.value), readOne)
                : null;
            if (client.ok && recorded !== null) {
                all.set(client.value, recorded);
            }
        }
        return all;
    }
}

/** Null for what is no such file: it says so in the journal. */
function readOne(path: string): RecordedRequests | null {
    const bytes = readRegular(path);
    const decoded = bytes && decode(recordedRequests, bytes, mostRecordedBytes);
    if (decoded?.ok !== true) {
        console.error(`${path}: ${decoded?.error ?? 'no file to read'}`);
        return null;
    }
    return decoded.value;
}

/** Follows no link, waits at no pipe, and reads no more than is allowed. */
function readRegular(path: string): Buffer | null {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    try {
        const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        try {
            const stat = fstatSync(fd);
            const isReadable = stat.isFile() && stat.size <= mostRecordedBytes;
            return isReadable ? readFileSync(fd) : null;
        } finally {
            closeSync(fd);
        }
    } catch (error) {
        if (isErrno(error)) {
            return null;
        }
        throw error;
    }
}
