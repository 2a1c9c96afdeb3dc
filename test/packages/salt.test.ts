// The Salt formula against the program that it calls. Salt itself is not to be
// had here; docs/salt.md says so.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configDirectories, suffixes } from '../../dom0/core/config-file.ts';
import { setupDom0 } from '../dom0/fake-setup.ts';

const formula = join(import.meta.dirname, '../../packaging/salt/filterproxy');
const states = readFileSync(join(formula, 'dom0.sls'), 'utf8');

describe('the Salt formula', () => {
    // As grep reads it: what JSON says when there is nothing to do.
    const guards = [...states.matchAll(/--dry-run --json \| grep -q '(.*)'/g)];
    const [guard = ''] = new Set(guards.map(([, pattern = '']) => pattern));
    const isDone = (out: string) => new RegExp(guard).test(out);

    test('sets a ProxyVM up once', async () => {
        expect(states).toContain("'qvm-filterproxy setup '");
        expect(states).toContain('{{ setup }} --yes --no-lock');
        const { cli } = await setupDom0();
        const setup = [
            ...['setup', 'sys-filter', 'work', '--based-on', 'fedora-41'],
            ...['--netvm', 'sys-firewall'],
        ];
        const before = await cli(...setup, '--dry-run', '--json');
        expect([before.exitCode, isDone(before.out)]).toEqual([0, false]);
        const done = await cli(...setup, '--yes', '--no-lock');
        expect(done.exitCode).toBe(0);
        const after = await cli(...setup, '--dry-run', '--json');
        expect([after.exitCode, isDone(after.out)]).toEqual([0, true]);
    });

    test('locks a qube once', async () => {
        expect(states).toContain("'qvm-filterproxy lock '");
        const { cli } = await setupDom0();
        await cli('setup', 'sys-filter', 'work', '--yes', '--no-lock');
        const question = ['lock', 'work', '--dry-run', '--json'];
        expect(isDone((await cli(...question)).out)).toBe(false);
        await cli('lock', 'work');
        expect(isDone((await cli(...question)).out)).toBe(true);
    });

    test('asks the same of both', () => {
        expect(guards.length).toBe(2);
        expect(guards.map(([, pattern]) => pattern)).toEqual([guard, guard]);
    });

    test('deploys files that people write, and no others', () => {
        const [, pattern = ''] = /include_pat: 'E@(.*)'/.exec(states) ?? [];
        const isDeployed = (path: string) => new RegExp(pattern).test(path);
        for (const directory of configDirectories) {
            expect(isDeployed(`${directory}/a${suffixes[directory]}`)).toBe(
                true,
            );
            expect(isDeployed(`${directory}/a.txt`)).toBe(false);
        }
        for (const path of [
            ...['owners/work', 'stopped.json', 'history/000001.qubes.a.rules'],
            ...['removed/work.rules', 'qubes/old/work.rules', 'usage/a.json'],
            'x/qubes/work.rules',
        ]) {
            expect(isDeployed(path), path).toBe(false);
        }
    });
});
