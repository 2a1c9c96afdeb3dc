// What the daemon lets be known, and whether it runs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../shared/io/errno.ts';
import { type DaemonState, daemonStateSchema } from '../core/daemon-state.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const file = 'daemon.json';

const daemonName = 'qubes-filterproxyd';

export interface DaemonStore {
    /** Null when it does not run. */
    read(): Promise<DaemonState | null>;
    write(state: DaemonState): Promise<void>;
}

/** `proc` is where the kernel shows processes. */
export function daemonStore(
    directory: RunDirectory,
    proc: string,
): DaemonStore {
    return {
        async read() {
            const state = await readRunFile(directory, file, daemonStateSchema);
            return state !== null && (await isDaemon(proc, state.pid))
                ? state
                : null;
        },
        write: (state) => writeRunFile(directory, file, state),
    };
}

/** What it wrote is left when it is killed, and its number may be another's. */
async function isDaemon(proc: string, pid: number): Promise<boolean> {
    try {
        const path = join(proc, String(pid), 'cmdline');
        return (await readFile(path, 'utf8')).includes(daemonName);
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw error;
    }
}
