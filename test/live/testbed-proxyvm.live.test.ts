// The testbed's ProxyVMs.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { curl, prefs, untilAttached } from './network.ts';

// As it comes up, whatever other tests have left.
beforeAll(async () => {
    await bed.must(['down']);
    await bed.up();
});

describe('a ProxyVM', () => {
    /** The tables that can be compared: our `work` has IPv6, theirs not. */
    function comparable(ruleset: string): string[] {
        return ruleset
            .replace(/counter packets \d+ bytes \d+/g, 'counter')
            .replace(/vif\d+\.0/g, 'vifN.0')
            .split(/^(?=table )/m)
            .filter((table) => !table.startsWith('table ip6 qubes-firewall'))
            .map((table) => table.replace(/^.*elements = .*fd09.*\n/gm, ''))
            .sort();
    }

    test('has the tables of a real one', async () => {
        await bed.stop('sys-filter');
        await bed.start('sys-filter');
        await untilAttached('work');
        await untilAttached('banking');
        const real = readFileSync(
            new URL('../golden/nft/live-sys-filter.txt', import.meta.url),
            'utf8',
        );
        const { stdout } = await bed.qube(
            'sys-filter',
            'nft',
            'list',
            'ruleset',
        );
        const tables = comparable(stdout);
        expect(tables).toHaveLength(4);
        expect(tables).toEqual(comparable(real));
    });

    test('has a real one’s interfaces, routes and neighbours', async () => {
        const xid = Number(await prefs('work', 'xid'));
        const vif = `vif${xid}.0`;
        const ip = (...args: string[]) => bed.qube('sys-filter', 'ip', ...args);
        const link = (await ip('-o', 'link', 'show', 'dev', vif)).stdout;
        expect(link).toContain(' group 2 ');
        expect(link).toContain(' fe:ff:ff:ff:ff:ff ');
        expect((await ip('route')).stdout.split('\n')).toEqual(
            expect.arrayContaining([
                'default via 10.137.0.3 dev eth0 onlink ',
                '10.137.0.3 dev eth0 scope link ',
                `10.137.0.5 dev ${vif} scope link metric ${32752 - xid} `,
            ]),
        );
        expect((await ip('neighbour')).stdout.split('\n')).toEqual(
            expect.arrayContaining([
                `10.137.0.5 dev ${vif} lladdr 00:16:3e:5e:6c:00 PERMANENT `,
                '10.137.0.3 dev eth0 lladdr fe:ff:ff:ff:ff:ff PERMANENT ',
            ]),
        );
    });

    test('has a systemd that runs, and nothing of this machine’s', async () => {
        const { stdout } = await bed.qube(
            'sys-filter',
            'systemctl',
            'list-units',
            '--state=running',
            '--plain',
            '--no-legend',
            '--type=service',
        );
        const units = stdout.trimEnd().split('\n');
        expect(units.map((line) => line.split(' ')[0])).toEqual([
            'qubes-qrexec-agent.service',
            'systemd-journald.service',
        ]);
    });

    test('refuses its clients at once, and its uplink in silence', async () => {
        const url = 'http://10.137.0.4:8123/';
        const client = await curl('work', '-w', '%{errormsg}', url);
        const uplink = await curl('sys-firewall', '--max-time', '1', url);
        expect(client.exitCode).toBe(7);
        expect(client.stdout).toMatch(/after \d{1,3} ms/);
        expect(uplink.exitCode).toBe(28);
    });

    test('drops what comes with another’s address', async () => {
        // The qube's own masquerading would put the address right.
        const spoof =
            'nft flush chain ip qubes postrouting; ' +
            'ip addr add 10.137.0.6/32 dev eth0';
        await bed.must(['qube', 'work', 'sh', '-euc', spoof]);
        const url = 'http://198.51.100.1/';
        const honest = await curl('work', '--interface', '10.137.0.5', url);
        const spoofed = await curl('work', '--interface', '10.137.0.6', url);
        await bed.kill('work');
        await bed.start('work');
        expect(honest.exitCode).toBe(0);
        expect(spoofed.exitCode).toBe(28);
    });
});
