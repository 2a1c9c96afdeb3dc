// What a client sees through its gateway's port 8100.

import { gateway } from './agent.ts';
import { bed } from './bed.ts';

export interface Fetched {
    /** The origin's status; 0 without an answer of any origin or proxy. */
    readonly status: number;
    /** The proxy's answer to CONNECT; 0 for plain HTTP. */
    readonly connectStatus: number;
    /** curl's: 7 is a refused connection, 28 a time-out, 56 a failed tunnel. */
    readonly exitCode: number | undefined;
    readonly seconds: number;
    readonly body: string;
}

/** curl in the qube, through that proxy. */
export async function fetchThrough(
    qube: string,
    url: string,
    proxy = gateway,
    ...options: string[]
): Promise<Fetched> {
    const result = await bed.qube(
        qube,
        'curl',
        '--silent',
        '--max-time',
        '10',
        '--proxy',
        `http://${proxy}`,
        '--write-out',
        '\n%{http_code} %{http_connect} %{time_total}',
        ...options,
        url,
    );
    const end = result.stdout.lastIndexOf('\n');
    const [status = 0, connectStatus = 0, seconds = 0] = result.stdout
        .slice(end + 1)
        .split(' ')
        .map(Number);
    return {
        status,
        connectStatus,
        exitCode: result.exitCode,
        seconds,
        body: result.stdout.slice(0, Math.max(0, end)),
    };
}

/** Whether the client reached the origin. */
export async function reaches(qube: string, url: string): Promise<boolean> {
    return (await fetchThrough(qube, url)).status === 200;
}

/** curl's exit code when nothing answers at that address and port. */
export async function connects(
    qube: string,
    address: string,
): Promise<boolean> {
    const { exitCode } = await bed.qube(
        qube,
        'curl',
        '--silent',
        '--max-time',
        '3',
        '--output',
        '/dev/null',
        `http://${address}/`,
    );
    // 7: refused or unreachable; 28: dropped.
    return exitCode !== 7 && exitCode !== 28;
}
