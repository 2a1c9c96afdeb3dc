#!/usr/bin/node
// qvm-filterproxy, as it runs in dom0 or in a management qube.
import { interruptOf } from '../adapters/interrupt.ts';
import { terminalScreen } from '../adapters/screen.ts';
import type { Load } from '../cli/loaded.ts';
import { runProgram } from '../cli/program.ts';
import type { Terminal } from '../cli/progress.ts';
import type { Streams } from '../cli/run.ts';

// What we make is for root and the group qubes.
process.umask(0o007);

const interrupt = interruptOf(process);
process.stdout.on('error', interrupt.onOutputError);
process.stderr.on('error', interrupt.onOutputError);

const terminal: Terminal = {
    write: (text) => process.stderr.write(text),
    after(milliseconds, action) {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
    },
};

const load: Load = () => import('./commands.ts');
const streams: Streams = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY ? terminal : null,
    interrupted: interrupt.begin,
    beforeEnd: interrupt.beforeEnd,
    openScreen: terminalScreen(process),
};
void runProgram(process.argv.slice(2), load, streams).then((exitCode) => {
    process.exitCode = exitCode;
    interrupt.finish();
});
