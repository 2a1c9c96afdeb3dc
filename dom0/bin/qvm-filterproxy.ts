// qvm-filterproxy, as it runs in dom0.
import { runCommand } from '../../shared/io/run-command.ts';
import { runProgram } from '../cli/program.ts';
import type { Terminal } from '../cli/progress.ts';
import type { Streams } from '../cli/run.ts';
import { makeDeps } from '../make-deps.ts';
import { pathsUnder } from '../paths.ts';

// What we make is for root and the group qubes.
process.umask(0o007);

// A reader that has seen enough, such as head, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
        throw error;
    }
});

const terminal: Terminal = {
    write: (text) => process.stderr.write(text),
    after(milliseconds, action) {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
    },
};

const rootUid = 0;
const deps = makeDeps(runCommand, pathsUnder('/'), rootUid);
const streams: Streams = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY ? terminal : null,
};
void runProgram(process.argv.slice(2), deps, streams).then((exitCode) => {
    process.exitCode = exitCode;
});
