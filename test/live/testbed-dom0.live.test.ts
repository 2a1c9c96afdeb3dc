// What dom0 makes of a qube's network in the testbed.
import { beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { curl, prefs, untilAttached } from './network.ts';
import { until } from './until.ts';

// As it comes up, whatever other tests have left.
beforeAll(async () => {
    await bed.must(['down']);
    await bed.up();
});

describe('dom0', () => {
    test('drops a qube’s traffic with qvm-firewall', async () => {
        const rule = [
            'qvm-firewall',
            'banking',
            'add',
            '--before',
            '0',
            'drop',
        ];
        await bed.dom0(...rule);
        const dropped = await curl('banking', 'http://198.51.100.1/');
        await bed.dom0('qvm-firewall', 'banking', 'del', '--rule-no', '0');
        const open = await curl('banking', 'http://198.51.100.1/');
        expect(dropped.exitCode).toBe(7);
        expect(open.exitCode).toBe(0);
    });

    test('has its rules in the netvm as qubes-firewall writes them', async () => {
        const add = ['qvm-firewall', 'banking', 'add', '--before', '0'];
        await bed.dns('www.example.com', '203.0.113.124');
        await bed.dom0(
            ...add,
            'drop',
            'dst4=192.0.2.0/24',
            'proto=tcp',
            'dstports=80',
        );
        await bed.dom0(
            ...add,
            'accept',
            'dsthost=www.example.com',
            'proto=tcp',
            'dstports=443',
        );
        const chain = ['list', 'chain', 'ip', 'qubes-firewall'];
        const { stdout } = await bed.qube(
            'sys-filter',
            'nft',
            ...chain,
            'qbs-10-137-0-6',
        );
        for (let rule = 0; rule < 2; rule += 1) {
            await bed.dom0('qvm-firewall', 'banking', 'del', '--rule-no', '0');
        }
        // golden nft/live-sys-filter-qubes-firewall-with-rules.txt
        expect(stdout.split('\n').map((line) => line.trim())).toEqual([
            'table ip qubes-firewall {',
            'chain qbs-10-137-0-6 {',
            'ip daddr 203.0.113.124 tcp dport 443 accept',
            'ip daddr 192.0.2.0/24 tcp dport 80 reject with icmp admin-prohibited',
            'accept',
            'reject with icmp admin-prohibited',
            '}',
            '}',
            '',
        ]);
    });

    test('moves a qube to another netvm, and its connections end', async () => {
        const count = async (netvm: string) => {
            const args = ['conntrack', '-L', '-s', '10.137.0.5'];
            const { stdout } = await bed.qube(netvm, ...args);
            return stdout.split('\n').length - 1;
        };
        await curl('work', 'http://198.51.100.1/');
        expect(await count('sys-filter')).toBeGreaterThan(0);
        await prefs('work', 'netvm', 'sys-filter2');
        expect(await count('sys-filter')).toBe(0);
        // qubes-firewall lets a new client through a moment later.
        const goesOut = async () =>
            (await curl('work', 'http://c.test/')).exitCode === 0;
        await until(goesOut, 20);
        await prefs('work', 'netvm', 'sys-filter');
        await until(goesOut, 20);
    });

    test('re-attaches clients when their netvm restarts', async () => {
        await bed.kill('sys-filter');
        expect((await curl('work', 'http://198.51.100.1/')).exitCode).toBe(7);
        await bed.start('sys-filter');
        await untilAttached('work');
        expect((await curl('work', 'http://c.test/')).exitCode).toBe(0);
    });

    test('has the Node.js of Fedora, and ProxyVMs have that or an older one', async () => {
        const command = ['node', '--version'];
        const dom0 = await bed.dom0(...command);
        const fedora = await bed.qube('sys-filter2', ...command);
        const debian = await bed.qube('sys-filter', ...command);
        expect(dom0.stdout).toMatch(/^v22\./);
        expect(fedora.stdout).toBe(dom0.stdout);
        expect(debian.stdout).toBe(`${process.version}\n`);
    });

    test('has our unit enabled, as its package does it', async () => {
        const unit = 'qubes-filterproxyd';
        const { stdout } = await bed.dom0('systemctl', 'is-enabled', unit);
        expect(stdout).toBe('enabled\n');
    });

    test('loses qubesd and gets it back, with what happened meanwhile', async () => {
        const state = ['qvm-ls', '--raw-data', '--fields', 'state', 'work'];
        await bed.qubesd('stop');
        const refused = await bed.dom0(...state);
        await bed.kill('work');
        await bed.qubesd('start');
        const answered = await bed.dom0(...state);
        await bed.start('work');
        expect(refused.exitCode).toBe(1);
        expect(refused.stderr).toContain('[Errno 111] Connection refused');
        expect(answered.stdout).toBe('Halted\n');
    });

    test('waits for a qubesd that hangs', async () => {
        await bed.qubesd('freeze');
        const waiting = await bed.dom0('timeout', '0.3', 'qvm-ls');
        await bed.qubesd('thaw');
        expect(waiting.exitCode).toBe(124);
        expect((await bed.dom0('qvm-ls')).exitCode).toBe(0);
    });
});
