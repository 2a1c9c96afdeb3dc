#!/usr/bin/node
// qubes-filterproxyd, as it runs in dom0 or in a management qube.
import { runCommand } from '../../shared/io/run-command.ts';
import { allDirectories } from '../adapters/config-directory.ts';
import { listenAt, listenOverQrexec } from '../adapters/event-stream.ts';
import { knownQubes } from '../adapters/known-qubes.ts';
import { removeLeftovers } from '../adapters/leftovers.ts';
import { qrexecHere } from '../adapters/qrexec.ts';
import { notifyReady } from '../adapters/service-manager.ts';
import { watchConfig } from '../adapters/watch-config.ts';
import { systemClock } from '../daemon/clock.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { Journal } from '../daemon/journal.ts';
import { Failure } from '../failure.ts';
import { makeDeps } from '../make-deps.ts';
import { pathsUnder } from '../paths.ts';

// What we make is for root and the group qubes.
process.umask(0o007);

// A command that runs goes on in its ProxyVM, and is repeated at our start.
process.on('SIGTERM', () => process.exit(0));

const rootUid = 0;
const paths = pathsUnder('/');
const journal = new Journal((line) => process.stdout.write(`${line}\n`));
const qrexec = qrexecHere();
const deps = makeDeps(runCommand, paths, rootUid, qrexec);
const known = knownQubes(deps.inventory);

void removeLeftovers(
    [...allDirectories(paths.config), paths.run],
    Date.now(),
).catch((error: unknown) => {
    if (!(error instanceof Failure)) {
        throw error;
    }
    journal.trouble(error.message);
});

void runDaemon({
    deps,
    known,
    listen: qrexec.isDom0 ? listenAt(paths.qubesd) : listenOverQrexec,
    watch: (onChange) =>
        watchConfig(paths.config, onChange, (message) =>
            journal.trouble(message),
        ),
    clock: systemClock,
    random: Math.random,
    pid: process.pid,
    journal,
    onReady: () => {
        void notifyReady(runCommand, process.env).then((problem) => {
            if (problem !== null) {
                journal.trouble(problem);
            }
        });
    },
});
