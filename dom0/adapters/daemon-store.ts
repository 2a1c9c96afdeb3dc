// What the daemon lets be known, and whether it runs.
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../shared/io/errno.ts';
import {
    type DaemonState,
    daemonStateSchema,
    type SeenDaemon,
} from '../core/daemon-state.ts';
import type { Paths } from '../paths.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const file = 'daemon.json';

const daemonName = 'qubes-filterproxyd';

export interface DaemonStore {
    read(): Promise<SeenDaemon>;
    write(state: DaemonState): Promise<void>;
}

export function daemonStore(
    directory: RunDirectory,
    { proc, units }: Pick<Paths, 'proc' | 'units'>,
): DaemonStore {
    return {
        async read() {
            const state = await readRunFile(directory, file, daemonStateSchema);
            if (state === null || !(await isDaemon(proc, state.pid))) {
                return (await isMasked(units)) ? 'masked' : null;
            }
            return (await isSuspended(proc, state.pid)) ? 'suspended' : state;
        },
        write: (state) => writeRunFile(directory, file, state),
    };
}

/** What it wrote is left when it is killed, and its number may be another's. */
async function isDaemon(proc: string, pid: number): Promise<boolean> {
    const path = join(proc, String(pid), 'cmdline');
    return (await orIfGone(readFile(path, 'utf8'))).includes(daemonName);
}

/** By SIGSTOP or a debugger (proc_pid_status(5)). */
async function isSuspended(proc: string, pid: number): Promise<boolean> {
    const path = join(proc, String(pid), 'status');
    return /^State:\t[Tt] /m.test(await orIfGone(readFile(path, 'utf8')));
}

/** As `systemctl mask` makes it. */
async function isMasked(units: string): Promise<boolean> {
    const path = join(units, `${daemonName}.service`);
    return (await orIfGone(realpath(path))) === '/dev/null';
}

async function orIfGone(text: Promise<string>): Promise<string> {
    try {
        return await text;
    } catch (error) {
        if (isMissing(error)) {
            return '';
        }
        throw error;
    }
}
