// The testbed itself: what the other live tests take for granted.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bed, bedState } from './bed.ts';

beforeAll(() => bed.up());

async function curl(qube: string, ...args: string[]) {
    return await bed.qube(qube, 'curl', '-sS', '--max-time', '5', ...args);
}

async function prefs(qube: string, ...args: string[]) {
    return (await bed.dom0('qvm-prefs', qube, ...args)).stdout.trim();
}

/** Until the vif of a client carries its address in `allowed`. */
async function untilAttached(client: string, netvm = 'sys-filter') {
    const element = `"vif${await prefs(client, 'xid')}.0"`;
    const list = ['list', 'set', 'ip', 'qubes', 'allowed'];
    for (;;) {
        const { stdout } = await bed.qube(netvm, 'nft', ...list);
        if (stdout.includes(element)) {
            return;
        }
        await sleep(50);
    }
}

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
            ...['sys-filter', 'systemctl', 'list-units', '--state=running'],
            ...['--plain', '--no-legend', '--type=service'],
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
        expect(client.stdout).toContain('after 0 ms');
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

describe('the Internet beyond sys-net', () => {
    test('answers HTTPS for any name, trusted, and says what came', async () => {
        const name = `any-${Date.now()}.example.org`;
        const { stdout } = await curl('work', `https://${name}/path?query`);
        const answer = JSON.parse(stdout);
        expect(answer).toMatchObject({
            ...{ scheme: 'https', sni: name, host: name, port: 443 },
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
                ...{ scheme: protocol.slice(0, -1), port: Number(port) },
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
            ...(['work', '-o', '/dev/null', '-w', format] as const),
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
            ...[...add, 'drop', 'dst4=192.0.2.0/24', 'proto=tcp'],
            'dstports=80',
        );
        await bed.dom0(
            ...[...add, 'accept', 'dsthost=www.example.com', 'proto=tcp'],
            'dstports=443',
        );
        const chain = ['list', 'chain', 'ip', 'qubes-firewall'];
        const { stdout } = await bed.qube(
            ...(['sys-filter', 'nft', ...chain, 'qbs-10-137-0-6'] as const),
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
            ...['accept', 'reject with icmp admin-prohibited', '}', '}', ''],
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
        expect((await curl('work', 'http://c.test/')).exitCode).toBe(0);
        await prefs('work', 'netvm', 'sys-filter');
        expect((await curl('work', 'http://c.test/')).exitCode).toBe(0);
    });

    test('re-attaches clients when their netvm restarts', async () => {
        await bed.kill('sys-filter');
        expect((await curl('work', 'http://198.51.100.1/')).exitCode).toBe(7);
        await bed.start('sys-filter');
        await untilAttached('work');
        expect((await curl('work', 'http://c.test/')).exitCode).toBe(0);
    });
});

describe('a qube', () => {
    test('passes stdin, stdout, stderr and exit code through', async () => {
        const script = 'cat; echo err >&2; exit 42';
        const input = 'caf\u00e9\r\n\0\u001b[31m';
        const args = ['qube', 'work', 'sh', '-c', script];
        const result = await bed.run(args, { input });
        expect(result).toEqual({
            stdout: input,
            stderr: 'err\n',
            exitCode: 42,
        });
    });

    test('ends a command whose caller is killed', async () => {
        const args = ['qube', 'work', 'sleep', '1234'];
        await bed.run(args, { timeoutMs: 300 });
        const left = await bed.qube('work', 'pgrep', '-f', 'sleep 1234');
        expect(left.exitCode).toBe(1);
    });

    test('has a clean environment', async () => {
        const { stdout } = await bed.qube('work', 'env');
        const names = stdout.match(/^\w+(?==)/gm)?.sort();
        expect(names).toEqual([
            'HOME',
            'LANG',
            'LOGNAME',
            'PATH',
            'SHELL',
            'TERM',
            'USER',
        ]);
    });

    test('keeps /rw, /home and /usr/local, and nothing else', async () => {
        const files = [
            '/rw/config/f',
            '/home/user/f',
            '/usr/local/f',
            '/etc/f',
        ];
        await bed.qube('work', 'touch', ...files);
        await bed.stop('work');
        await bed.start('work');
        const { stdout } = await bed.qube(
            ...(['work', 'sh', '-c'] as const),
            `for f in ${files.join(' ')}; do ! [ -e $f ] || echo $f; done`,
        );
        await bed.qube('work', 'rm', '-f', ...files);
        expect(stdout.trim().split('\n')).toEqual(files.slice(0, 3));
    });

    test('does nothing while it is paused', async () => {
        await bed.pause('banking');
        const args = ['qube', 'banking', 'true'];
        const paused = await bed.run(args, { timeoutMs: 500 });
        await bed.unpause('banking');
        const unpaused = await bed.run(args);
        expect(paused.exitCode).toBeUndefined();
        expect(unpaused.exitCode).toBe(0);
    });
});

describe('a qube that is made', () => {
    afterAll(async () => {
        for (const name of ['disp-a', 'app-a', 'proxy-a']) {
            await bed.run(['kill', name]);
            await bed.run(['remove', name]);
        }
    });

    test('is a ProxyVM, a client of it, or a disposable', async () => {
        const upstream = ['--netvm', 'sys-firewall', '--provides-network'];
        await bed.create('proxy-a', ...upstream);
        await bed.create('app-a', '--netvm', 'proxy-a');
        await bed.create('disp-a', '--netvm', 'proxy-a', '--class', 'DispVM');
        // Its netvm starts with it.
        await bed.start('app-a');
        await bed.start('disp-a');
        expect(await prefs('disp-a', 'ip')).toMatch(/^10\.138\./);
        for (const name of ['app-a', 'disp-a']) {
            expect((await curl(name, 'https://d.test/')).exitCode).toBe(0);
        }
        const service = ['qrexec-client', '-d', 'proxy-a'];
        const call = 'root:QUBESRPC qubes.FilterProxy+status dom0';
        expect((await bed.dom0(...service, call)).exitCode).toBe(0);
    });

    test('has no agent if it is no ProxyVM of ours', async () => {
        for (const name of ['sys-firewall', 'app-a']) {
            const service = ['qrexec-client', '-d', name];
            const call = 'root:QUBESRPC qubes.FilterProxy+status dom0';
            expect((await bed.dom0(...service, call)).exitCode).toBe(127);
        }
    });
});

describe('the testbed', () => {
    const name = basename(bedState);

    /** The command lines of its processes. */
    function processes(): string[] {
        return (
            readdirSync('/proc')
                .map((pid) => `/proc/${pid}`)
                .filter((path) => textOf(`${path}/cgroup`).includes(name))
                .map((path) => textOf(`${path}/cmdline`))
                // One that has ended and waits for its parent has none.
                .filter((commandLine) => commandLine !== '')
        );
    }

    /** Empty for a process that is gone, and for what is none. */
    function textOf(path: string): string {
        try {
            return readFileSync(path, 'utf8');
        } catch {
            return '';
        }
    }

    /** Its mounts, cgroups, processes and files on this machine. */
    function remains(): string[] {
        const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
        const find = ['/sys/fs/cgroup', '-name', name];
        const cgroups = execFileSync('find', find, { encoding: 'utf8' });
        return [
            ...mounts.filter((line) => line.includes(name)),
            ...cgroups.split('\n').filter((line) => line !== ''),
            ...processes(),
            ...(existsSync(bedState) ? [bedState] : []),
        ];
    }

    test('may be up already, and may be down already', async () => {
        const before = readFileSync(`${bedState}/pid`, 'utf8');
        await bed.up();
        expect(readFileSync(`${bedState}/pid`, 'utf8')).toBe(before);
        await bed.must(['down']);
        expect(remains()).toEqual([]);
        await bed.must(['down']);
        expect((await bed.dom0('true')).exitCode).toBe(1);
    });

    test('leaves nothing after a crash half way', async () => {
        const coming = bed.run(['up']);
        while (!existsSync(`${bedState}/console/sys-net.log`)) {
            await sleep(10);
        }
        execFileSync('kill', [
            '-9',
            readFileSync(`${bedState}/pid`, 'utf8').trim(),
        ]);
        expect((await coming).exitCode).toBe(1);
        await bed.must(['down']);
        expect(remains()).toEqual([]);
    });

    test('comes up once when asked twice at a time', async () => {
        await Promise.all([bed.up(), bed.up()]);
        expect((await bed.qube('work', 'true')).exitCode).toBe(0);
        const daemons = processes().filter((line) =>
            line.includes('testbedd.mjs'),
        );
        expect(daemons).toHaveLength(1);
    });

    test('says how it is used, exit code 2', async () => {
        for (const args of [[], ['nosuch'], ['qube', 'work'], ['up', 'x']]) {
            const { exitCode, stderr } = await bed.run(args);
            expect(exitCode).toBe(2);
            expect(stderr).toContain('usage: testbed up');
        }
        expect((await bed.run(['create'])).exitCode).toBe(2);
        expect((await bed.run(['dns', 'a.test', 'x'])).exitCode).toBe(2);
    });
});
