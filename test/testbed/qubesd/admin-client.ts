// One call of the Admin API, as qubesadmin makes it from dom0
// (qubes-core-admin-client qubesadmin/app.py, base.py).

import { createConnection } from 'node:net';
import { err, ok, type Result } from '../../../shared/result.ts';

/** The Python class and text that a qvm-* tool would see. */
export interface AdminError {
    readonly type: string;
    readonly message: string;
}

/**
 * Resolves with the content of the reply. Like the real tools it has no time
 * limit of its own: a start takes as long as it takes.
 */
export async function adminCall(
    socketPath: string,
    method: string,
    dest: string,
    arg = '',
    payload: string | Buffer = '',
): Promise<Result<string, AdminError>> {
    const header = Buffer.from(`${method}+${arg} dom0 name ${dest}\0`);
    const request = Buffer.concat([header, Buffer.from(payload)]);
    const reply = await exchange(socketPath, request);
    return reply.ok ? parseReply(reply.value) : reply;
}

function exchange(
    socketPath: string,
    request: Buffer,
): Promise<Result<Buffer, AdminError>> {
    return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        const socket = createConnection(socketPath, () => socket.end(request));
        let isConnected = false;
        socket.on('connect', () => {
            isConnected = true;
        });
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('error', (error: NodeJS.ErrnoException) => {
            if (!isConnected) {
                resolve(err(cannotConnect(error)));
            }
        });
        socket.on('close', () => resolve(ok(Buffer.concat(chunks))));
    });
}

/** What qubesd answered; nothing, if it has not. */
export function parseReply(reply: Buffer): Result<string, AdminError> {
    const [kind, ...fields] = reply.toString().split('\0');
    if (reply.length === 0) {
        return err({
            type: 'QubesDaemonAccessError',
            message:
                'Got empty response from qubesd. See journalctl in dom0 for ' +
                'details.',
        });
    }
    if (kind === '0') {
        return ok(fields.join('\0'));
    }
    const [type, , message] = fields;
    if (kind === '2' && type !== undefined && message !== undefined) {
        return err({ type, message });
    }
    return err({
        type: 'QubesDaemonCommunicationError',
        message: 'Invalid response format',
    });
}

const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: '[Errno 111] Connection refused',
    ENOENT: '[Errno 2] No such file or directory',
    EACCES: '[Errno 13] Permission denied',
};

function cannotConnect({ code = '', message }: NodeJS.ErrnoException) {
    return {
        type: 'QubesDaemonCommunicationError',
        message: `Failed to connect to qubesd service: ${reasons[code] ?? message}`,
    };
}
