// The testbed's qubes, as other live tests take them for granted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { curl, prefs } from './network.ts';

beforeAll(() => bed.up());

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

    test('stops while its connections end by themselves', async () => {
        // conntrack gives up at an entry that is gone when it gets to it.
        const timeout = 'net.netfilter.nf_conntrack_udp_timeout';
        const limit = (seconds: number) =>
            bed.must(['qube', 'sys-filter', 'sysctl', `${timeout}=${seconds}`]);
        const flood = [
            'import socket, time',
            'for port in list(range(7000, 11000)) * 2:',
            '    with socket.socket(type=socket.SOCK_DGRAM) as one:',
            '        one.sendto(b"x", ("93.184.1.1", port))',
            '    time.sleep(0 if port % 100 else 0.02)',
        ];
        await limit(1);
        await bed.must(['qube', 'work', 'python3', '-c', flood.join('\n')]);
        await bed.stop('work');
        await bed.start('work');
        await limit(30);
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
            'work',
            'sh',
            '-c',
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
