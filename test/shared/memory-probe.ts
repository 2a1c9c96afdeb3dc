// Run by itself: what a command takes of our memory while it is run.
import { readFileSync } from 'node:fs';
import { runCommand } from '../../shared/io/run-command.ts';

export interface Probe {
    readonly tooLong: boolean;
    readonly timedOut: boolean;
    readonly bytes: number;
    /** By how many MiB the most that this process ever had has grown. */
    readonly grown: number;
}

/** The most memory that this process ever had, KiB (proc_pid_status(5)). */
function peak(): number {
    const status = readFileSync('/proc/self/status', 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

const [maxBytes, timeoutMs, file = '', ...args] = process.argv.slice(2);
await runCommand('true', []);
const before = peak();
const outcome = await runCommand(file, args, {
    maxBytes: Number(maxBytes),
    timeoutMs: Number(timeoutMs),
});
const probe: Probe = {
    tooLong: outcome.tooLong,
    timedOut: outcome.timedOut,
    bytes: outcome.stdout.length + outcome.stderr.length,
    grown: (peak() - before) / 1024,
};
console.log(JSON.stringify(probe));
