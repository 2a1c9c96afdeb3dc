// A client reaches its own proxy through its gateway's port 8100, and the
// proxy reaches the Internet: nothing else, in either direction.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    addressesWith,
    apply,
    clientOf,
    gateway,
    gateway6,
    stop,
    sysFilter,
    sysFilter6,
} from './agent.ts';
import { bed } from './bed.ts';
import {
    answering,
    answeringUdp,
    connects,
    fetchThrough,
    reaches,
} from './fetch.ts';
import { endListeners, listenInProxyvm } from './listeners.ts';
import { prefs } from './network.ts';
import { inProxyvm } from './proxyvm.ts';

beforeAll(async () => {
    await bed.up();
    await stop();
});

afterAll(async () => {
    await stop();
});

describe('before any document', () => {
    test.each([gateway, gateway6])('nobody answers at %s', async (address) => {
        expect(await connects('work', address)).toBe(false);
    });
});

describe('a client with rules', () => {
    beforeAll(async () => {
        await apply([
            await clientOf('work', { hosts: ['allowed.test'] }),
            await clientOf('banking', { hosts: ['bank.test'] }),
        ]);
    });

    test.each([gateway, gateway6])(
        'reaches its hosts through %s',
        async (proxy) => {
            for (const scheme of ['http', 'https']) {
                const url = `${scheme}://allowed.test/`;
                const { status, body } = await fetchThrough('work', url, proxy);
                expect(status).toBe(200);
                expect(JSON.parse(body)).toMatchObject({
                    host: 'allowed.test',
                    scheme,
                });
            }
        },
    );

    test.each([
        'https://other.test/',
        'https://notallowed.test/',
        'https://sub.allowed.test/',
        'https://bank.test/',
        'http://allowed.test.evil.test/',
        'https://93.184.216.34/',
        'http://[2a00::1]/',
    ])('is refused %s by the filter', async (url) => {
        const fetched = await fetchThrough('work', url);
        const status = fetched.connectStatus || fetched.status;
        expect(status).toBe(403);
    });

    test('does not share its rules with another', async () => {
        expect(await reaches('banking', 'https://bank.test/')).toBe(true);
        expect(await reaches('banking', 'https://allowed.test/')).toBe(false);
    });

    test('reaches nothing else of the ProxyVM, whatever listens there', async () => {
        const ports = [22, 53, 80, 443, 7777, 8082, 8099, 8300, 9000];
        await listenInProxyvm(ports);
        try {
            const all = [...ports, 8101, 8102, 8103];
            expect(await answering('sys-filter', addressesWith(all))).toEqual(
                addressesWith(ports),
            );
            expect(await answering('work', addressesWith(all))).toEqual([]);
            const udp = [...all, 8100].flatMap((port) =>
                [sysFilter, sysFilter6].map((to) => [to, port] as const),
            );
            expect(await answeringUdp('sys-filter', udp)).toHaveLength(
                2 * ports.length,
            );
            expect(await answeringUdp('work', udp)).toEqual([]);
        } finally {
            await endListeners();
        }
    });

    test('finds no listener of ours but the proxies', async () => {
        const listening = await inProxyvm('ss -Hltun | awk "{ print \\$5 }"');
        const ports = listening.match(/\d+$/gm);
        expect([...new Set(ports)].sort()).toEqual(['8101', '8102']);
    });

    test('cannot use the address of another', async () => {
        const { stdout } = await bed.qube('banking', 'ip', '-br', 'address');
        expect(stdout).toContain('10.137.0.6');
        // A qube's own rules masquerade; a hostile qube has none.
        await bed.qube(
            'work',
            'nft',
            'flush',
            'chain',
            'ip',
            'qubes',
            'postrouting',
        );
        await bed.qube(
            'work',
            'ip',
            'address',
            'add',
            '10.137.0.6/32',
            'dev',
            'eth0',
        );
        try {
            const fetched = await fetchThrough(
                'work',
                'https://bank.test/',
                gateway,
                '--interface',
                '10.137.0.6',
                '--max-time',
                '2',
            );
            expect(fetched.status).toBe(0);
            expect(fetched.exitCode).toBe(28);
        } finally {
            await bed.qube(
                'work',
                'ip',
                'address',
                'del',
                '10.137.0.6/32',
                'dev',
                'eth0',
            );
        }
    });

    test('is not reached from the uplink', async () => {
        const ports = [8100, 8101, 8102];
        expect(await answering('sys-firewall', addressesWith(ports))).toEqual(
            [],
        );
    });

    test('reaches the ports of its filter only', async () => {
        const ssh = await fetchThrough('work', 'http://allowed.test:22/');
        expect(ssh.status).toBe(500);
        const tunnel = await fetchThrough('work', 'https://allowed.test:8443/');
        expect(tunnel.connectStatus).toBe(403);
    });

    test('is closed when it has no rules any more', async () => {
        await apply([await clientOf('banking', { hosts: ['bank.test'] })]);
        expect(await connects('work', gateway)).toBe(false);
        expect(await reaches('banking', 'https://bank.test/')).toBe(true);
    });
});

describe('a client with a gateway of its own', () => {
    const fake = '192.168.77.1';

    beforeAll(async () => {
        await bed.dom0('qvm-features', 'work', 'net.fake-gateway', fake);
    });

    afterAll(async () => {
        await bed.dom0('qvm-features', '--unset', 'work', 'net.fake-gateway');
    });

    test('reaches its proxy there, and nothing else', async () => {
        expect(await prefs('work', 'visible_gateway')).toBe(fake);
        await apply([
            await clientOf('work', { hosts: ['allowed.test'] }),
            await clientOf('banking', { hosts: ['bank.test'] }),
        ]);
        for (const [host, status] of [
            ['allowed.test', 200],
            ['bank.test', 403],
        ] as const) {
            const url = `http://${host}/`;
            const fetched = await fetchThrough('work', url, `${fake}:8100`);
            expect(fetched.status).toBe(status);
        }
        expect(await connects('work', gateway)).toBe(false);
        // For another it is an address of the Internet.
        const direct = await fetchThrough(
            'banking',
            'http://allowed.test/',
            `${fake}:8100`,
        );
        expect(JSON.parse(direct.body)).toMatchObject({
            address: fake,
            port: 8100,
        });
    });
});

describe('stopping', () => {
    test('takes everything of ours away', async () => {
        await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
        await stop();
        expect(await connects('work', gateway)).toBe(false);
        const left = await bed.qube(
            'sys-filter',
            'sh',
            '-c',
            'nft list ruleset | grep qubes-filterproxy;' +
                ' ls /run/qubes-filterproxy/proxies;' +
                ' systemctl list-units --plain --no-legend "qubes-filterprox*";' +
                ' pgrep -x tinyproxy',
        );
        expect(left.stdout).toBe('');
    });
});
