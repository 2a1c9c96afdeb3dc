// A client reaches its own proxy through its gateway's port 8100, and the
// proxy reaches the Internet: nothing else, in either direction.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    apply,
    clientOf,
    gateway,
    gateway6,
    stop,
    sysFilter,
} from './agent.ts';
import { bed } from './bed.ts';
import { connects, fetchThrough, reaches } from './fetch.ts';

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
            await clientOf('work', { hosts: ['allowed.test', 'inside.test'] }),
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

    test('reaches no port of any proxy directly', async () => {
        for (const port of [8101, 8102, 8103]) {
            expect(await connects('work', `${sysFilter}:${port}`)).toBe(false);
        }
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

    test('reaches nothing of its gateway but that port', async () => {
        for (const port of [22, 53, 80, 443, 8082, 8099]) {
            expect(await connects('work', `${sysFilter}:${port}`)).toBe(false);
        }
    });

    test('is not reached from the uplink', async () => {
        for (const port of [8100, 8101, 8102]) {
            expect(await connects('sys-firewall', `${sysFilter}:${port}`)).toBe(
                false,
            );
        }
    });

    const inside: [string, string][] = [
        ['loopback', '127.0.0.1'],
        ['the unspecified address', '0.0.0.0'],
        ['the ProxyVM', sysFilter],
        ['its own netvm', '10.137.0.3'],
        ['a private network', '192.168.1.1'],
        ['another private network', '172.16.0.1'],
        ['link-local', '169.254.169.254'],
        ['carrier NAT', '100.64.0.1'],
        ['multicast', '224.0.0.251'],
        ['broadcast', '255.255.255.255'],
        ['IPv6 loopback', '::1'],
        ['the ProxyVM over IPv6', 'fd09:24ef:4179::a89:4'],
        ['IPv6 link-local', 'fe80::1'],
        ['IPv6 multicast', 'ff02::1'],
        ['a mapped address', '::ffff:127.0.0.1'],
        ['a mapped private address', '::ffff:192.168.1.1'],
        ['NAT64', '64:ff9b::7f00:1'],
        ['6to4', '2002:7f00:1::1'],
        ['Teredo', '2001::1'],
    ];

    test.each(inside)(
        'does not get into %s by a name that resolves there, and hears so at once',
        async (_, address) => {
            await bed.dns('inside.test', address);
            for (const url of ['http://inside.test/', 'https://inside.test/']) {
                const fetched = await fetchThrough('work', url);
                expect(fetched.connectStatus || fetched.status).toBe(500);
                expect(fetched.seconds).toBeLessThan(0.9);
            }
        },
    );

    test('does not get to another client by such a name either', async () => {
        // Not at once: Qubes drops the reset, which has that client's
        // address but comes from inside. The second SYN is told by ICMP.
        await bed.dns('inside.test', '10.137.0.6');
        const fetched = await fetchThrough('work', 'http://inside.test/');
        expect(fetched.status).toBe(500);
        expect(fetched.seconds).toBeLessThan(2);
    });

    test('gets in neither by the port of the other proxy', async () => {
        await bed.dns('inside.test', sysFilter);
        for (const port of [8100, 8101, 8102, 8082]) {
            const url = `http://inside.test:${port}/`;
            expect((await fetchThrough('work', url)).status).toBe(500);
        }
    });

    test('reaches a public address beside a private one', async () => {
        await bed.dns('inside.test', '192.168.1.1', '93.184.1.1');
        expect(await reaches('work', 'http://inside.test/')).toBe(true);
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

    test("leaves the user's rules in custom-input alone", async () => {
        const list = ['nft', 'list', 'chain', 'ip', 'qubes', 'custom-input'];
        const own = 'ip qubes custom-input tcp dport 7777 accept';
        await bed.qube('sys-filter', 'sh', '-c', `nft add rule ${own}`);
        const before = await bed.qube('sys-filter', ...list);
        await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
        await apply([await clientOf('work', { hosts: ['other.test'] })]);
        const during = (await bed.qube('sys-filter', ...list)).stdout;
        expect(during.match(/qubes-filterproxy/g)).toHaveLength(1);
        expect(during.indexOf('8100')).toBeLessThan(during.indexOf('7777'));
        await stop();
        const after = await bed.qube('sys-filter', ...list);
        expect(after.stdout).toBe(before.stdout);
        await bed.qube(
            'sys-filter',
            'nft',
            'flush',
            'chain',
            'ip',
            'qubes',
            'custom-input',
        );
    });
});
