// The testbed comes and goes.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { bed, bedState } from './bed.ts';

beforeAll(() => bed.up());

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
        await bed.must(['down']);
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
            line.includes('testbedd.cjs'),
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
