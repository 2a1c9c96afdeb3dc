// From a record to a proxy that listens.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../shared/io/errno.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { addressesOf } from '../../shared/protocol/desired-state.ts';
import { whyMasked } from '../core/masked-units.ts';
import type { KnownProxy } from '../core/proxy-record.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import type { StepOf } from '../core/step.ts';
import { lookForListeners } from '../observe/listeners.ts';
import { isOpen } from '../observe/sockets.ts';
import { logPaths, paths, proxyPaths, units } from '../paths.ts';
import { renderPages } from '../render/page.ts';
import { renderTinyproxy } from '../render/tinyproxy.ts';
import { noteDrains, timersOf } from './drain-proxies.ts';
import { makeDirectory, writeWhole } from './files.ts';
import { forgetRefused } from './forget-refused.ts';
import { noteTenure } from './note-tenure.ts';
import { startRecorder, writeLog } from './recording.ts';
import { makeFifo, wakeSpare } from './spare.ts';
import { StartFailure } from './start-failure.ts';
import { systemctl, type Tools } from './tools.ts';

export function writeProxy(
    { tinyproxy }: Tools,
    { uid, record }: StepOf<'write-proxy'>,
): void {
    if (tinyproxy === null) {
        throw new StartFailure([uid], 'there is no tinyproxy to start');
    }
    const files = proxyPaths(uid);
    const secret = readFileSync(paths.randomUuid, 'latin1').trim();
    const { config, filter, environment } = renderTinyproxy(
        uid,
        record,
        tinyproxy,
        { ...files, log: logPaths(uid).log },
        secret,
    );
    const pages = renderPages(record.name, record.filter);
    makeDirectory(paths.proxies, 0o711);
    try {
        // The proxy's own group reads its files; no other proxy does.
        makeDirectory(files.directory, 0o750, uid);
        writeWhole(files.config, config, uid);
        writeWhole(files.filter, filter, uid);
        writeWhole(files.refused, pages.refused, uid);
        writeWhole(files.failed, pages.failed, uid);
        writeWhole(files.environment, environment, uid);
        if (record.filter.record === 'all') {
            writeLog(uid, record);
        }
        noteTenure(uid, record);
        writeWhole(files.record, JSON.stringify(record));
    } catch (error) {
        if (isErrno(error)) {
            const reason = `its files cannot be written: ${error.code}`;
            throw new StartFailure([uid], reason);
        }
        throw error;
    }
}

/** Two hundred at once take ten seconds on two slow cores. */
const startTimeoutMs = 90_000;
const listenTimeoutMs = 5000;
/** It takes ten on two slow cores that have nothing else to do. */
const spareTimeoutMs = 1000;
const listenPollMs = 2;

/**
 * Type=exec says only that the program runs: it listens a moment later, or
 * ends because something is wrong with its files or its port.
 */
export async function startProxies(
    { run }: Tools,
    { proxies, drains }: StepOf<'start-proxies'>,
): Promise<void> {
    const uids = proxies.map(({ uid }) => uid);
    noteDrains(drains);
    await forgetRefused(run, proxies);
    const spare = wakeSpare(uids);
    const recordsAll = proxies.some(
        ({ record }) => record.filter.record === 'all',
    );
    const starting = run(
        'systemctl',
        // A sandbox has a log only if that was there when it was made.
        [
            recordsAll ? 'restart' : 'start',
            ...uids.map(units.proxy),
            ...timersOf(drains),
        ],
        { timeoutMs: startTimeoutMs },
    );
    const [started] = await Promise.all([starting, makeFifo(run)]);
    if (recordsAll) {
        await startRecorder(run);
    }
    if (spare !== null) {
        await restartIfDeaf(run, proxies, spare);
    }
    const waiting = await stillDeaf(proxies, listenTimeoutMs);
    const masked = whyMasked(started.stderr.toString('latin1'));
    if (waiting.length > 0) {
        const failed = waiting.map(({ uid }) => uid);
        await systemctl(run, 'stop', failed.map(units.proxy));
        throw new StartFailure(failed, masked ?? 'its proxy does not listen');
    }
    if (started.exitCode !== 0) {
        throw new StartFailure(uids, masked ?? 'its proxy did not start');
    }
}

/** A spare that does not get up is started as if it were none. */
async function restartIfDeaf(
    run: RunCommand,
    proxies: readonly KnownProxy[],
    spare: ProxyUid,
): Promise<void> {
    const one = proxies.filter(({ uid }) => uid === spare);
    const waiting = await stillDeaf(one, spareTimeoutMs);
    if (waiting.length > 0) {
        await run('systemctl', ['restart', units.proxy(spare)]);
    }
}

/** Those that do not listen after so many milliseconds; returns when all do. */
async function stillDeaf(
    proxies: readonly KnownProxy[],
    timeoutMs: number,
): Promise<KnownProxy[]> {
    const deadline = performance.now() + timeoutMs;
    let waiting = notListening(proxies);
    while (waiting.length > 0 && performance.now() < deadline) {
        await sleep(listenPollMs);
        waiting = notListening(waiting);
    }
    return waiting;
}

function notListening(proxies: readonly KnownProxy[]): KnownProxy[] {
    const listeners = lookForListeners(proxies.map(({ uid }) => portOf(uid)));
    return proxies.filter(
        ({ uid, record }) => !isOpen(uid, addressesOf(record), listeners),
    );
}
