// The testbed's made-up Internet.
import { beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { curl } from './network.ts';

beforeAll(() => bed.up());

describe('the Internet beyond sys-net', () => {
    test('answers HTTPS for any name, trusted, and says what came', async () => {
        const name = `any-${Date.now()}.example.org`;
        const { stdout } = await curl('work', `https://${name}/path?query`);
        const answer = JSON.parse(stdout);
        expect(answer).toMatchObject({
            scheme: 'https',
            sni: name,
            host: name,
            port: 443,
            path: '/path?query',
        });
        expect(answer.address).toMatch(/^93\.184\./);
        const arrived = await bed.arrived();
        expect(arrived.at(-2)).toMatchObject({ kind: 'connection', port: 443 });
        expect(arrived.at(-1)).toMatchObject({ kind: 'request', host: name });
    });

    test('answers on every port, HTTP and HTTPS', async () => {
        for (const url of ['http://a.test:22', 'https://a.test:9443']) {
            const { stdout } = await curl('banking', `${url}/`);
            const { protocol, port } = new URL(url);
            expect(JSON.parse(stdout)).toMatchObject({
                scheme: protocol.slice(0, -1),
                port: Number(port),
            });
        }
    });

    test('is reached over IPv6 too', async () => {
        const { stdout } = await curl('work', 'https://only.six.test/');
        expect(JSON.parse(stdout).address).toMatch(/^2a00:/);
    });

    test('answers slowly and long if asked', async () => {
        const query = 'bytes?n=100000&seconds=1';
        const format = '%{size_download} %{time_total}';
        const { stdout } = await curl(
            'work',
            '-o',
            '/dev/null',
            '-w',
            format,
            `http://b.test/${query}`,
        );
        const [size, seconds] = stdout.split(' ').map(Number);
        expect(size).toBe(100_000);
        expect(seconds).toBeGreaterThan(0.9);
        const slow = await curl(
            'work',
            '-w',
            ' %{time_total}',
            'b.test/slow?seconds=1',
        );
        expect(Number(slow.stdout.split(' ').at(-1))).toBeGreaterThan(0.9);
    });

    test('knows no name below invalid, and those it was told', async () => {
        await bed.dns('told.test', '192.0.2.7', '2a00::7');
        const ahosts = ['getent', 'ahosts', 'told.test'];
        const told = await bed.qube('work', ...ahosts);
        const invalid = await bed.qube('work', 'getent', 'hosts', 'a.invalid');
        expect(told.stdout).toContain('192.0.2.7');
        expect(told.stdout).toContain('2a00::7');
        expect(invalid.exitCode).toBe(2);
    });

    test('knows IPv6 addresses that end as an IPv4 one', async () => {
        await bed.dns('mapped.test', '::ffff:192.0.2.7', '64:ff9b::192.0.2.8');
        const { stdout } = await bed.qube(
            'work',
            'python3',
            '-c',
            'import socket; print(*sorted(info[4][0] for info in' +
                ' socket.getaddrinfo("mapped.test", 80, socket.AF_INET6,' +
                ' socket.SOCK_STREAM)))',
        );
        expect(stdout).toBe('64:ff9b::c000:208 ::ffff:192.0.2.7\n');
    });
});
