// What a client sees through its gateway's port 8100.

import { gateway } from './agent.ts';
import { type BedResult, bed } from './bed.ts';

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

/** Many of them one after the other, in order, without their bodies. */
export async function fetchAll(
    qube: string,
    urls: readonly string[],
    proxy = gateway,
): Promise<(Pick<Fetched, 'status' | 'seconds'> & { url: string })[]> {
    const config = urls.map((url) => `url = "${url}"\noutput = "/dev/null"\n`);
    const format = '%{http_code} %{http_connect} %{time_total}\\n';
    const command = ['curl', '--silent', '--max-time', '10', '--config', '-'];
    const { stdout } = await bed.run(
        [
            'qube',
            qube,
            ...command,
            '--proxy',
            `http://${proxy}`,
            '--write-out',
            format,
        ],
        { input: config.join(''), timeoutMs: 60_000 },
    );
    const lines = stdout.trim().split('\n');
    return urls.map((url, index) => {
        const [status = 0, connectStatus = 0, seconds = Number.NaN] = (
            lines[index] ?? ''
        )
            .split(' ')
            .map(Number);
        return { url, status: status || connectStatus, seconds };
    });
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

/** Those of `ADDRESS:PORT` that take a connection, asked all at once. */
export async function answering(
    qube: string,
    addresses: readonly string[],
): Promise<string[]> {
    const script = `
        for to; do
            { connected=$(curl --silent --connect-timeout 1 --max-time 2 \\
                  --output /dev/null --write-out '%{time_connect}' "http://$to/")
              [ "$connected" = 0.000000 ] || echo "$to"; } &
        done
        wait`;
    return linesOf(
        await bed.qube(qube, 'sh', '-c', script, 'sh', ...addresses),
    );
}

/** Those of `ADDRESS PORT` where anything answers over UDP. */
export async function answeringUdp(
    qube: string,
    addresses: readonly (readonly [address: string, port: number])[],
): Promise<string[]> {
    const program = `
import select, socket, sys
asked = {}
for address, port in zip(sys.argv[1::2], sys.argv[2::2]):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.sendto(b"?", (address, int(port)))
    asked[one] = f"{address} {port}"
while ready := select.select(asked, [], [], 1)[0]:
    for one in ready:
        to = asked.pop(one)
        try:
            one.recv(9)
            print(to)
        except OSError:
            pass`;
    const words = addresses.flatMap(([address, port]) => [address, `${port}`]);
    return linesOf(await bed.qube(qube, 'python3', '-c', program, ...words));
}

function linesOf({ stdout, stderr, exitCode }: BedResult): string[] {
    if (exitCode !== 0) {
        throw new Error(stderr);
    }
    return stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort();
}
