// Calls that go through dom0's policy: to other qubes, and to qubesd.
import { connect, type Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';
import { cutEvents, type Event } from '../../../dom0/core/events/frames.ts';
import { eventFrame } from '../qubesd/wire.ts';
import { feed, leave, sendOutcome } from './agent.ts';
import { type Decide, policyNow, qubesdSocket } from './dom0-policy.ts';
import { FrameReader, kinds, sendFrame } from './frames.ts';
import { findUser, type Started, startProgram } from './start.ts';

/** One connection of qrexec-client-vm: one call, closed if it is refused. */
export function servePoliced(socket: Socket, source: string): void {
    const reader = new FrameReader();
    let started: Promise<Started | null> = Promise.resolve(null);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
        for (const { kind, data } of reader.take(chunk)) {
            if (kind === kinds.call) {
                started = startCall(source, data.toString());
                void started.then((call) => {
                    if (call === null) {
                        socket.end();
                        return;
                    }
                    sendFrame(socket, kinds.taken);
                    void sendOutcome(socket, call);
                });
            } else {
                void started.then((call) => call && feed(socket, call, data));
            }
        }
    });
    socket.once('close', () => {
        void started.then((call) => call && leave(call));
    });
}

async function startCall(
    source: string,
    untrusted_call: string,
): Promise<Started | null> {
    const [target = '', call = ''] = untrusted_call.split(' ');
    const [service = '', ...words] = call.split('+');
    const argument = `+${words.join('+')}`;
    const decide = await policyNow(source);
    const rule = decide(service, argument, target);
    const verdict = rule === null ? 'refused' : 'allowed';
    console.log(`${verdict} ${service}${argument} ${target}`);
    if (rule === null) {
        return null;
    }
    if (rule.parameters.get('target') === 'dom0') {
        // What that qube may see of it is decided here: see below.
        const header = `${service}${argument} dom0 name ${target}\0`;
        return askQubesd(header, filterOf(service, argument, source, decide));
    }
    const root = findUser('root');
    if (root === null) {
        throw new Error('dom0 has no root');
    }
    const user = rule.parameters.get('user') ?? 'DEFAULT';
    const command = `${user}:QUBESRPC ${service}${argument} ${source}`;
    return startProgram(root, '/usr/bin/qrexec-client', [
        ...['-d', target, command],
    ]);
}

function askQubesd(header: string, filter: Transform): Started {
    const socket = connect({ path: qubesdSocket, allowHalfOpen: true });
    socket.write(header);
    // Whoever asked went away, or qubesd has.
    filter.once('close', () => socket.destroy());
    socket.on('error', () => filter.destroy());
    return {
        stdin: socket,
        stdout: socket.pipe(filter),
        stderr: new PassThrough().end(),
        exit: new Promise((resolve) => socket.once('close', () => resolve(0))),
    };
}

/** What of it that qube may see (qubes-core-admin qubes/ext/admin.py). */
function filterOf(
    service: string,
    argument: string,
    source: string,
    decide: Decide,
): Transform {
    switch (service) {
        case 'admin.vm.List':
            return listFilter((name) => decide(service, argument, name));
        case 'admin.Events':
            return eventFilter(source);
        default:
            return new PassThrough();
    }
}

function listFilter(isListed: (name: string) => unknown): Transform {
    let reply = '';
    return new Transform({
        transform(chunk, _, done) {
            reply += chunk;
            done();
        },
        flush(done) {
            const start = '0\0';
            const lines = reply.slice(start.length).split('\n');
            const kept = lines.filter(
                (line) => line === '' || isListed(line.split(' ')[0] ?? ''),
            );
            done(null, `${start}${kept.join('\n')}`);
        },
    });
}

function eventFilter(source: string): Transform {
    let rest: Uint8Array = new Uint8Array();
    return new Transform({
        async transform(chunk, _, done) {
            const cut = cutEvents(Buffer.concat([rest, chunk]));
            if (!cut.ok) {
                done(new Error(cut.error));
                return;
            }
            rest = cut.value.rest;
            const decide = await policyNow(source);
            const heard = cut.value.events.filter((event) =>
                isHeard(event, decide),
            );
            done(null, Buffer.concat(heard.map(frameOf)));
        },
    });
}

function isHeard(
    { name, untrusted_subject, untrusted_args }: Event,
    decide: Decide,
): boolean {
    // qubesd sends this one itself.
    if (name === 'connection-established') {
        return true;
    }
    const about = untrusted_subject || untrusted_args.get('vm') || 'dom0';
    const argument = `+${name.replaceAll(':', '_')}`;
    return decide('admin.Events', argument, about) !== null;
}

function frameOf({ untrusted_subject, name, untrusted_args }: Event): Buffer {
    return eventFrame(untrusted_subject, name, [...untrusted_args]);
}
