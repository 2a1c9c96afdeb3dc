// The bytes on qubesd's socket (qubes-core-admin qubes/api/__init__.py).

import { pythonStr, type Value } from './python.ts';

/** Header and payload together; more ends the connection without a reply. */
export const maxRequestBytes = 65_536;

export interface AdminRequest {
    readonly method: string;
    readonly argument: string;
    readonly source: string;
    readonly destination: string;
    readonly payload: Buffer;
}

/**
 * `METHOD[+ARG] SOURCE name DEST\0PAYLOAD`, complete once the caller has
 * closed its half of the connection. Null: a framing error, which qubesd
 * answers with zero bytes.
 */
export function parseRequest(untrusted_bytes: Buffer): AdminRequest | null {
    const end = untrusted_bytes.indexOf(0);
    if (end < 0) {
        return null;
    }
    const words = untrusted_bytes.toString('latin1', 0, end).split(' ');
    const [call, source, destinationType, ...rest] = words;
    const name = rest.join(' ');
    const destination =
        destinationType === 'keyword' && name === 'adminvm'
            ? 'dom0'
            : destinationType === 'name' && rest.length > 0
              ? name
              : null;
    if (call === undefined || source === undefined || destination === null) {
        return null;
    }
    const [method = '', ...argument] = call.split('+');
    return {
        method,
        argument: argument.join('+'),
        source,
        destination,
        payload: untrusted_bytes.subarray(end + 1),
    };
}

/** Content is UTF-8 and ends with the connection. */
export function successReply(content: string): Buffer {
    return Buffer.from(`0\0${content}`);
}

/** Without traceback and fields, as qubesd sends it unless debugged. */
export function exceptionReply(type: string, message: string): Buffer {
    return Buffer.from(`2\0${type}\0\0${message}\0`);
}

export type EventArguments = readonly (readonly [string, Value])[];

/** `subject` is empty for an event of the whole system. */
export function eventFrame(
    subject: string,
    event: string,
    args: EventArguments,
): Buffer {
    const pairs = args.map(([key, value]) => `${key}\0${pythonStr(value)}\0`);
    return Buffer.from(`1\0${subject}\0${event}\0${pairs.join('')}\0`);
}
