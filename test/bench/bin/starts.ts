// In dom0: starts the qube that each line names, and says what happened when,
// as a line of JSON. The daemon is at work meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import { createInterface } from 'node:readline';
import { listenAt } from '../../../dom0/adapters/event-stream.ts';
import type { StartTimes } from '../starts/protocol.ts';

const run = '/run/qubes/filterproxy';

for await (const line of createInterface({ input: process.stdin })) {
    const [qube = '', proxyvm = ''] = line.split(' ');
    process.stdout.write(`${JSON.stringify(await startOne(qube, proxyvm))}\n`);
}

async function startOne(qube: string, proxyvm: string): Promise<StartTimes> {
    const events = new Map<string, number>();
    const heard = new Promise<void>((resolve) => {
        listenAt('/var/run/qubesd.sock')({
            onEvent: ({ untrusted_subject, name }) => {
                if (name === 'connection-established') {
                    resolve();
                }
                if (untrusted_subject === qube) {
                    events.set(name, performance.now());
                }
            },
            onEnd: () => undefined,
        });
    });
    await heard;
    const visit = watchVisit(`${proxyvm}.visited`);
    const [code] = await once(spawn('qvm-start', [qube]), 'exit');
    if (code !== 0) {
        throw new Error(`qvm-start ${qube}: exit ${code}`);
    }
    const { called, served } = await visit;
    const began = events.get('domain-pre-spawn') ?? Number.NaN;
    const started = events.get('domain-start') ?? Number.NaN;
    return {
        called: called - began,
        served: served - began,
        started: started - began,
    };
}

/** When the agent was called, and when it had answered that all is served. */
function watchVisit(file: string): Promise<{ called: number; served: number }> {
    return new Promise((resolve) => {
        let called = Number.NaN;
        const watcher = watch(run, (_, name) => {
            if (name !== file) {
                return;
            }
            const { fingerprint } = JSON.parse(
                readFileSync(`${run}/${file}`, 'utf8'),
            );
            if (fingerprint === null && Number.isNaN(called)) {
                called = performance.now();
            }
            if (fingerprint !== null && !Number.isNaN(called)) {
                watcher.close();
                resolve({ called, served: performance.now() });
            }
        });
    });
}
