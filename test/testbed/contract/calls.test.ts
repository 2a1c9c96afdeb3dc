// qubesd's socket against the bytes of the real one.

import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import calls from '../../golden/raw/calls.json' with { type: 'json' };
import { maxRequestBytes } from '../qubesd/wire.ts';
import {
    type Running,
    runningWhenCaptured,
    startCapturedQubes,
} from './capture-state.ts';

/** How long a reply that must not come is waited for, in milliseconds. */
const patience = 200;

let running: Running;
const replies = new Map<string, string>();

beforeAll(async () => {
    running = await startCapturedQubes(runningWhenCaptured);
    for (const { name, request, halfClose } of calls) {
        const reply = await exchange(running.socketPath, request, halfClose);
        replies.set(name, reply);
    }
});

afterAll(() => running.close());

function exchange(
    socketPath: string,
    request: string,
    halfClose: boolean,
): Promise<string> {
    return new Promise((resolve) => {
        let reply = '';
        const socket = createConnection(socketPath);
        socket.setEncoding('latin1');
        socket.on('data', (text) => {
            reply += text;
        });
        // A refused request may reset the connection: that is no reply.
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(reply));
        socket.write(request, 'latin1');
        if (halfClose) {
            socket.end();
        } else {
            setTimeout(() => socket.destroy(), patience);
        }
    });
}

/** When a domain was started, and how long it ran: never the same. */
function masked(reply: string): string {
    return reply
        .replace(/type=str [0-9]{10}\.0$/m, 'type=str TIME')
        .replace(/cputime=[0-9]{2,}/, 'cputime=TIME');
}

describe('qubesd answers byte for byte as the real one did', () => {
    test.each(calls)('$name', ({ name, reply }) => {
        expect(masked(replies.get(name) ?? 'no reply')).toBe(masked(reply));
    });

    test('compares 52 captures', () => {
        expect(replies.size).toBe(52);
    });
});

describe('requests out of bounds', () => {
    const header = 'admin.vm.property.Set+default_user dom0 name work\0';

    test('a request of more than 64 KiB gets no answer', async () => {
        const request = header + 'x'.repeat(maxRequestBytes);
        expect(await exchange(running.socketPath, request, true)).toBe('');
    });

    test('a request of exactly 64 KiB is answered', async () => {
        const request = header.padEnd(maxRequestBytes, 'x');
        expect(await exchange(running.socketPath, request, true)).toBe('0\0');
    });
});

describe('R4.3 is silent where 4.4 sends a ProtocolError', () => {
    test('a malformed request gets an empty reply', async () => {
        const older = await startCapturedQubes([], { release: '4.3' });
        const malformed = calls.filter(({ reply }) =>
            reply.includes('ProtocolError'),
        );
        const answers = await Promise.all(
            malformed.map(({ request }) =>
                exchange(older.socketPath, request, true),
            ),
        );
        await older.close();
        expect(answers).toEqual(['', '', '']);
    });
});
