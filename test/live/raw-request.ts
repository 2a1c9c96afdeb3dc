// Requests that no well-behaved program sends, byte by byte.
import { sysFilter } from './agent.ts';
import { bed } from './bed.ts';

export interface RawAnswer {
    /** Of the first answer; 0 without any. */
    readonly status: number;
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
    return {
        status: Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0),
        arrivedAt: [
            ...new Set(
                arrived.map(({ address, port }) => `${address}:${port}`),
            ),
        ],
    };
}

/** All that comes back until the proxy closes, or for five seconds. */
async function exchange(qube: string, request: string): Promise<string> {
    const script = 'exec 3<>"/dev/tcp/$0/8100" && cat >&3 && timeout 5 cat <&3';
    const { stdout } = await bed.run(
        ['qube', qube, 'bash', '-c', script, sysFilter],
        { input: Buffer.from(request, 'latin1') },
    );
    return stdout;
}
