// Which ProxyVMs were told to serve whom in this boot of dom0: a file for
// each in our run directory, with a client's name on each line.
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { orIfMissing } from '../../shared/io/errno.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Told } from '../core/concerned.ts';
import { Failure } from '../failure.ts';
import { asFailure, writeAtomically } from './files.ts';
import type { RunDirectory } from './run-directory.ts';

const suffix = '.told';

export interface ToldStore {
    /** Refuses a file that is not understood. */
    read(): Promise<Told>;
    /**
     * The same, but such a file names nobody: for visits and for what stops
     * qubes, which it must not keep from closing what is open.
     */
    readAnyway(): Promise<Told>;
    /** Notes whom a ProxyVM is told to serve; nobody: it is forgotten. */
    write(proxyvm: QubeName, clients: readonly QubeName[]): Promise<void>;
}

type Clients = Result<QubeName[], string>;

export function toldStore(directory: RunDirectory): ToldStore {
    const pathOf = (proxyvm: QubeName) =>
        join(directory(), `${proxyvm}${suffix}`);
    return {
        async read() {
            return new Map(
                readNotes(directory()).map(([proxyvm, clients]) => [
                    proxyvm,
                    orRefused(clients, proxyvm, pathOf(proxyvm)),
                ]),
            );
        },
        async readAnyway() {
            return new Map(
                readNotes(directory()).map(([proxyvm, clients]) => [
                    proxyvm,
                    clients.ok ? clients.value : [],
                ]),
            );
        },
        async write(proxyvm, clients) {
            const path = pathOf(proxyvm);
            try {
                await (clients.length === 0
                    ? rm(path, { force: true })
                    : writeAtomically(path, `${clients.join('\n')}\n`));
            } catch (error) {
                throw asFailure(error, 'write', path);
            }
        },
    };
}

function readNotes(path: string): [QubeName, Clients][] {
    try {
        return readdirSync(path)
            .filter((untrusted_entry) => untrusted_entry.endsWith(suffix))
            .flatMap((untrusted_entry) => readNote(path, untrusted_entry));
    } catch (error) {
        throw asFailure(error, 'read', path);
    }
}

/** Nothing for a file whose name no ProxyVM can have: nobody was told by it. */
function readNote(
    path: string,
    untrusted_entry: string,
): [QubeName, Clients][] {
    const name = parseQubeName(untrusted_entry.slice(0, -suffix.length));
    if (!name.ok) {
        return [];
    }
    const untrusted_text = orIfMissing(
        () => readFileSync(join(path, `${name.value}${suffix}`), 'utf8'),
        null,
    );
    // Null: it was forgotten since its name was read.
    return untrusted_text === null
        ? []
        : [[name.value, parseClients(untrusted_text)]];
}

/** A file without clients is never written. */
function parseClients(untrusted_text: string): Clients {
    if (untrusted_text === '') {
        return err('it is empty');
    }
    if (!untrusted_text.endsWith('\n')) {
        return err('its last line has no end');
    }
    const names: QubeName[] = [];
    for (const untrusted_line of untrusted_text.slice(0, -1).split('\n')) {
        const name = parseQubeName(untrusted_line);
        if (!name.ok) {
            return name;
        }
        names.push(name.value);
    }
    return ok(names);
}

/** Without the file nobody knows of a ProxyVM's clients: it is told anew. */
function orRefused(
    clients: Clients,
    proxyvm: QubeName,
    path: string,
): readonly QubeName[] {
    if (!clients.ok) {
        throw new Failure(
            `${path}: ${clients.error}; to mend it: rm ${path}, then ` +
                `qvm-filterproxy update ${proxyvm}`,
        );
    }
    return clients.value;
}
