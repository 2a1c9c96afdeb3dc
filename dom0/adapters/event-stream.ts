// admin.Events, asked of qubesd on its own socket
// (qubes-core-admin qubes/api/__init__.py; qubesadmin/events/__init__.py).
import { connect } from 'node:net';
import { cutEvents, type Event } from '../core/events/frames.ts';

const request = 'admin.Events+ dom0 name dom0\0';

export interface Listener {
    onEvent(event: Event): void;
    /** It is over, for that reason; called once, nothing comes after it. */
    onEnd(reason: string): void;
}

/** Begins to listen; what happened before is not told. */
export type Listen = (listener: Listener) => void;

export function listenAt(socketPath: string): Listen {
    return ({ onEvent, onEnd }) => {
        const socket = connect(socketPath);
        let untrusted_rest: Uint8Array = new Uint8Array();
        let reason = 'qubesd closed the connection';
        // qubesd answers once our side of the connection is closed.
        socket.on('connect', () => socket.end(request));
        socket.on('data', (untrusted_bytes) => {
            const cut = cutEvents(
                Buffer.concat([untrusted_rest, untrusted_bytes]),
            );
            if (!cut.ok) {
                reason = cut.error;
                socket.destroy();
                return;
            }
            untrusted_rest = cut.value.rest;
            cut.value.events.forEach(onEvent);
        });
        socket.on('error', (error: NodeJS.ErrnoException) => {
            reason = `${socketPath}: ${error.code ?? error.message}`;
        });
        socket.on('close', () => onEnd(reason));
    };
}
