// admin.Events: of dom0's qubesd on its own socket, or over qrexec
// (qubes-core-admin qubes/api/__init__.py; qubesadmin/events/__init__.py).
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { openStream } from '../../shared/io/stream-command.ts';
import { qrexec } from '../core/agent-answer.ts';
import { cutEvents, type Event } from '../core/events/frames.ts';

const request = 'admin.Events+ dom0 name dom0\0';

export interface Listener {
    onEvent(event: Event): void;
    /** It is over, for that reason; called once, nothing comes after it. */
    onEnd(reason: string): void;
}

/** Begins to listen; what happened before is not told. */
export type Listen = (listener: Listener) => void;

/** In dom0. */
export function listenAt(socketPath: string): Listen {
    return ({ onEvent, onEnd }) => {
        const socket = connect(socketPath);
        let reason = 'qubesd closed the connection';
        // qubesd answers once our side of the connection is closed.
        socket.on('connect', () => socket.end(request));
        readEvents(socket, onEvent, (error) => {
            reason = error;
            socket.destroy();
        });
        socket.on('error', (error: NodeJS.ErrnoException) => {
            reason = `${socketPath}: ${error.code ?? error.message}`;
        });
        socket.on('close', () => onEnd(reason));
    };
}

/** In a management qube: of those events that dom0's policy lets it hear. */
export const listenOverQrexec: Listen = ({ onEvent, onEnd }) => {
    const program = 'qrexec-client-vm';
    const { stdout, kill, exit } = openStream(program, [
        'dom0',
        'admin.Events',
    ]);
    let broken: string | null = null;
    readEvents(stdout, onEvent, (error) => {
        broken = error;
        kill();
    });
    void exit.then((code) => onEnd(broken ?? describeExit(program, code)));
};

function describeExit(program: string, code: number | string): string {
    if (typeof code === 'string') {
        return `${program}: ${code}`;
    }
    switch (code) {
        case 0:
            return 'qubesd closed the connection';
        case qrexec.refused:
            return 'the policy of dom0 lets this qube not call admin.Events';
        default:
            // So at boot: we start before the agent of qrexec does.
            return `${program} ended with exit code ${code}`;
    }
}

/** Calls `onBroken` at most once, and reads no more then. */
function readEvents(
    stream: Readable,
    onEvent: (event: Event) => void,
    onBroken: (error: string) => void,
): void {
    let untrusted_rest: Uint8Array = new Uint8Array();
    const read = (untrusted_bytes: Buffer) => {
        const cut = cutEvents(Buffer.concat([untrusted_rest, untrusted_bytes]));
        if (!cut.ok) {
            stream.off('data', read);
            onBroken(cut.error);
            return;
        }
        untrusted_rest = cut.value.rest;
        cut.value.events.forEach(onEvent);
    };
    stream.on('data', read);
}
