// From a refused request to its line in `watch`.
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { atMost } from '../aims.ts';
import { client } from '../bed.ts';
import type { Bench } from '../bench.ts';
import type { Group } from '../measure.ts';
import { testbed } from '../paths.ts';

/** Prints when the proxy has refused a host, by the machine's monotonic clock. */
const refusal = `
import socket, sys, time
one = socket.create_connection((sys.argv[1], 8100), 5)
host = sys.argv[2]
one.sendall(f"CONNECT {host}:443 HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode())
assert b" 403 " in one.recv(65536)
print(time.clock_gettime_ns(time.CLOCK_MONOTONIC))`;

/** Milliseconds: whoever looks at it should not wait. */
const aim = 500;

export function watch(bench: Bench): Group {
    const { dom0, isQuick } = bench;
    const args = (verb: string) => [verb, client, 'first.test'];
    const command = 'TERM=xterm exec qvm-filterproxy watch';
    let screen = '';
    let watching: ReturnType<typeof open> | undefined;
    const open = () =>
        execa(testbed, ['dom0', 'script', '-qfec', command, '/dev/null'], {
            reject: false,
        });
    let count = 0;
    return {
        title: 'a refused request until its line in watch',
        rounds: isQuick ? 5 : 20,
        aims: [atMost(aim, 'ms')],
        setUp: async () => {
            await dom0.must({ file: 'qvm-filterproxy', args: args('allow') });
            watching = open();
            watching.stdout.on('data', (chunk) => {
                screen += chunk;
            });
            await until(() => screen.includes('q quit'));
            // Until all is recorded, which it is for as long as it runs.
            await sleep(3000);
        },
        cases: [
            {
                name: 'refused to shown',
                role: 'ours',
                measure: async () => {
                    count += 1;
                    const host = `watched${count}.test`;
                    const refusedAt = await refuse(bench, host);
                    await until(() => screen.includes(host));
                    const now = process.hrtime.bigint();
                    return Number(now - refusedAt) / 1e6;
                },
            },
        ],
        tearDown: async () => {
            watching?.stdin.write('q');
            await watching;
            await dom0.must({ file: 'qvm-filterproxy', args: args('remove') });
        },
    };
}

async function refuse({ client: { name, gateway } }: Bench, host: string) {
    const words = ['qube', name, 'python3', '-c', refusal, gateway, host];
    return BigInt((await execa(testbed, words)).stdout);
}

async function until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (!isSo()) {
        if (performance.now() > deadline) {
            throw new Error('watch does not show it');
        }
        await sleep(1);
    }
}
