// Which ProxyVMs were told to serve whom in this boot of dom0: a file for
// each in our run directory, with a client's name on each line.
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { orIfMissing } from '../../shared/io/errno.ts';
import type { Told } from '../core/concerned.ts';
import { asFailure, writeAtomically } from './files.ts';
import type { RunDirectory } from './run-directory.ts';

const suffix = '.told';

export interface ToldStore {
    read(): Promise<Told>;
    /** Notes whom a ProxyVM is told to serve; nobody: it is forgotten. */
    write(proxyvm: QubeName, clients: readonly QubeName[]): Promise<void>;
}

export function toldStore(directory: RunDirectory): ToldStore {
    return {
        async read() {
            const path = directory();
            try {
                return readTold(path);
            } catch (error) {
                throw asFailure(error, `read ${path}`);
            }
        },
        async write(proxyvm, clients) {
            const path = join(directory(), `${proxyvm}${suffix}`);
            try {
                await (clients.length === 0
                    ? rm(path, { force: true })
                    : writeAtomically(path, `${clients.join('\n')}\n`));
            } catch (error) {
                throw asFailure(error, `write ${path}`);
            }
        },
    };
}

function readTold(path: string): Told {
    const told = new Map<QubeName, QubeName[]>();
    for (const entry of readdirSync(path)) {
        const name = parseQubeName(entry.slice(0, -suffix.length));
        if (entry.endsWith(suffix) && name.ok) {
            const text = orIfMissing(
                () => readFileSync(join(path, entry), 'utf8'),
                null,
            );
            // Null: it was forgotten since its name was read.
            if (text !== null) {
                told.set(name.value, names(text));
            }
        }
    }
    return told;
}

function names(text: string): QubeName[] {
    return text.split('\n').flatMap((line) => {
        const name = parseQubeName(line);
        return name.ok ? [name.value] : [];
    });
}
