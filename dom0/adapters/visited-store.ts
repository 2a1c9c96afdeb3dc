// The last visit to each ProxyVM: a file for each in our run directory.
import { readdir } from 'node:fs/promises';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { type Visited, visitedSchema } from '../core/visited.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const suffix = '.visited';

export interface VisitedStore {
    read(proxyvm: QubeName): Promise<Visited | undefined>;
    readAll(): Promise<ReadonlyMap<QubeName, Visited>>;
    write(proxyvm: QubeName, visited: Visited): Promise<void>;
}

export function visitedStore(directory: RunDirectory): VisitedStore {
    const read = async (proxyvm: QubeName) =>
        (await readRunFile(directory, `${proxyvm}${suffix}`, visitedSchema)) ??
        undefined;
    return {
        read,
        async readAll() {
            const all = new Map<QubeName, Visited>();
            for (const entry of await readdir(await directory())) {
                const name = parseQubeName(entry.slice(0, -suffix.length));
                const visited =
                    entry.endsWith(suffix) && name.ok
                        ? await read(name.value)
                        : undefined;
                if (name.ok && visited !== undefined) {
                    all.set(name.value, visited);
                }
            }
            return all;
        },
        write: (proxyvm, visited) =>
            writeRunFile(directory, `${proxyvm}${suffix}`, visited),
    };
}
