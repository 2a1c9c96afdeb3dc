// For a proxy that records all requests: its log, and who reads it.
import { closeSync, fchmodSync, fchownSync, openSync, rmSync } from 'node:fs';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure } from '../commands.ts';
import type { ProxyRecord } from '../core/proxy-record.ts';
import { type ProxyUid, recorderUid } from '../core/proxy-uid.ts';
import type { RecordedProxy } from '../core/recorder/recorded.ts';
import { logPaths, paths, units } from '../paths.ts';
import { connectPortsOf } from '../render/tinyproxy.ts';
import { makeDirectory, writeWhole } from './files.ts';

/**
 * Its own log, anew: tinyproxy appends to one that is there (src/utils.c), so
 * the recorder can cut it. No other proxy may open it.
 */
export function writeLog(
    uid: ProxyUid,
    { name, uuid, filter }: ProxyRecord,
): void {
    makeDirectory(paths.logs, 0o751, recorderUid);
    makeDirectory(paths.recorded, 0o770, recorderUid);
    removeLog(uid);
    const files = logPaths(uid);
    const fd = openSync(files.log, 'wx', 0o600);
    try {
        fchownSync(fd, uid, recorderUid);
        fchmodSync(fd, 0o660);
    } finally {
        closeSync(fd);
    }
    const proxy: RecordedProxy = {
        client: uuid,
        name,
        connectPorts: connectPortsOf(filter),
        upstreams: filter.upstreams,
    };
    writeWhole(files.proxy, JSON.stringify(proxy), recorderUid);
}

/** First what tells of it: the recorder reads to its end what it has open. */
export function removeLog(uid: ProxyUid): void {
    const files = logPaths(uid);
    rmSync(files.proxy, { force: true });
    rmSync(files.log, { force: true });
}

/**
 * Nobody waits for it, and no client is refused for lack of it: a proxy does
 * not need it, and systemd goes on trying.
 */
export async function startRecorder(run: RunCommand): Promise<void> {
    const args = ['start', '--no-block', units.recorder];
    const outcome = await run('systemctl', args);
    if (outcome.exitCode !== 0) {
        console.error(`not recorded: ${commandFailure(outcome).message}`);
    }
}
