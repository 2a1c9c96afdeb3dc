// The last visit to each ProxyVM: a file for each in our run directory.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { type Visited, visitedSchema } from '../core/visited.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

export interface VisitedStore {
    read(proxyvm: QubeName): Promise<Visited | undefined>;
    write(proxyvm: QubeName, visited: Visited): Promise<void>;
}

export function visitedStore(directory: RunDirectory): VisitedStore {
    const fileOf = (proxyvm: QubeName) => `${proxyvm}.visited`;
    return {
        read: async (proxyvm) =>
            (await readRunFile(directory, fileOf(proxyvm), visitedSchema)) ??
            undefined,
        write: (proxyvm, visited) =>
            writeRunFile(directory, fileOf(proxyvm), visited),
    };
}
