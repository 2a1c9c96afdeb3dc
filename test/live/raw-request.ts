// Requests that no well-behaved program sends, byte by byte.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { sysFilter } from './agent.ts';
import { bed } from './bed.ts';

export interface RawAnswer {
    /** Of the first answer; 0 without any. */
    readonly status: number;
    /** Its words: they tell a refusal of the filter from any other. */
    readonly reason: string;
    /** What it led to beyond sys-net, each as `ADDRESS:PORT`. */
    readonly arrivedAt: readonly string[];
}

/** Sends these bytes (as Latin-1) to the qube's door. */
export async function sendRaw(
    qube: string,
    request: string,
): Promise<RawAnswer> {
    const before = (await bed.arrived()).length;
    const text = await exchange(qube, request);
    const arrived = (await bed.arrived()).slice(before);
    const [, status = '0', reason = ''] =
        /^HTTP\/1\.[01] (\d{3}) (.*)\r\n/.exec(text) ?? [];
    return {
        status: Number(status),
        reason,
        arrivedAt: [
            ...new Set(
                arrived.map(({ address, port }) => `${address}:${port}`),
            ),
        ],
    };
}

/** All that comes back until the proxy closes, or for five seconds. */
export async function exchange(qube: string, request: string): Promise<string> {
    const script = 'exec 3<>"/dev/tcp/$0/8100" && cat >&3 && timeout 5 cat <&3';
    const { stdout } = await bed.run(
        ['qube', qube, 'bash', '-c', script, sysFilter],
        { input: Buffer.from(request, 'latin1') },
    );
    return stdout;
}

export interface HalfSent {
    /** Sends the rest; all that came back on the connection. */
    finish(rest: string): Promise<string>;
}

/** Sends the first part of a request; resolves when it has left the qube. */
export async function sendHalf(qube: string, first: string): Promise<HalfSent> {
    const rest = `/tmp/rest-${randomUUID()}`;
    const script =
        'exec 3<>"/dev/tcp/$0/8100" && printf %s "$1" >&3 && mkfifo "$2" &&' +
        ' cat "$2" >&3; timeout 5 cat <&3';
    const done = bed.qube(qube, 'bash', '-c', script, sysFilter, first, rest);
    const isSent = async () =>
        (await bed.qube(qube, 'test', '-p', rest)).exitCode;
    await expect.poll(isSent, { timeout: 10_000 }).toBe(0);
    return {
        finish: async (text) => {
            await bed.run(['qube', qube, 'sh', '-c', `cat >${rest}`], {
                input: text,
            });
            return (await done).stdout;
        },
    };
}
