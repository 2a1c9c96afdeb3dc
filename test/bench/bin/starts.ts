// In dom0: starts the qube that each line names, and says what happened when,
// as a line of JSON. The daemon is at work meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import { createInterface } from 'node:readline';
import { listenAt } from '../../../dom0/adapters/event-stream.ts';
import type { StartRequest, StartTimes } from '../starts/protocol.ts';

const run = '/run/qubes/filterproxy';

for await (const line of createInterface({ input: process.stdin })) {
    const times = await startOne(JSON.parse(line));
    process.stdout.write(`${JSON.stringify(times)}\n`);
}

interface Work {
    readonly called: number;
    readonly served: number;
}

async function startOne(request: StartRequest): Promise<StartTimes> {
    const { qube, proxyvm, service } = request;
    const { events, spawning } = await hear(qube);
    const work =
        service === null
            ? watchVisit(`${proxyvm}.visited`)
            : spawning.then(() => callOnce(proxyvm, service));
    await succeed('qvm-start', qube);
    const { called, served } = await work;
    const began = events.get('domain-pre-spawn') ?? Number.NaN;
    const started = events.get('domain-start') ?? Number.NaN;
    return {
        called: called - began,
        served: served - began,
        started: started - began,
    };
}

interface Heard {
    /** When which event of the qube arrived. */
    readonly events: ReadonlyMap<string, number>;
    /** Until the first of them that the daemon heeds. */
    readonly spawning: Promise<void>;
}

function hear(qube: string): Promise<Heard> {
    const events = new Map<string, number>();
    return new Promise((listening) => {
        const spawning = new Promise<void>((resolve) => {
            listenAt('/var/run/qubesd.sock')({
                onEvent: ({ untrusted_subject, name }) => {
                    if (name === 'connection-established') {
                        listening({ events, spawning });
                    }
                    if (untrusted_subject === qube) {
                        events.set(name, performance.now());
                    }
                    if (events.has('domain-pre-spawn')) {
                        resolve();
                    }
                },
                onEnd: () => undefined,
            });
        });
    });
}

async function callOnce(proxyvm: string, service: string): Promise<Work> {
    const called = performance.now();
    const command = `root:QUBESRPC ${service} dom0`;
    await succeed('qrexec-client', '-d', proxyvm, command);
    return { called, served: performance.now() };
}

async function succeed(program: string, ...args: string[]): Promise<void> {
    const [code] = await once(spawn(program, args), 'exit');
    if (code !== 0) {
        throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
    }
}

/** When the agent was called, and when it had answered that all is served. */
function watchVisit(file: string): Promise<Work> {
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
