// Rules for a clone.
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { setAsideOrphans } from '../../dom0/set-aside.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';
import { nameOf } from './rules.ts';

const noon = Date.UTC(2026, 10, 24, 12) / 1000;
const text = '# for work\n\n(^|\\.)github\\.com$ comment=code\n';

async function dom0With(options: FakeDom0Options = {}) {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        rules: { work: text },
        owners: { work: uuidOf('work') },
        agents: { 'sys-filter': filter.agent },
        ...options,
    });
    return { dom0, filter };
}

describe('copy', () => {
    test('gives a qube without rules those of another one', async () => {
        const { dom0, filter } = await dom0With();
        expect(await dom0.cli('copy', 'work', 'banking')).toEqual({
            exitCode: 0,
            out: [
                'banking: 1 rule of work copied',
                '    1  (^|\\.)github\\.com$  The host github.com and all its subdomains.  (code)',
                'sys-filter: in force',
                'banking can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock banking',
                '',
            ].join('\n'),
            err: '',
        });
        expect(await dom0.rules('banking')).toBe(text);
        expect(await dom0.rules('work')).toBe(text);
        expect([...(await dom0.deps.rules.owners())].sort()).toEqual([
            ['banking', uuidOf('banking')],
            ['work', uuidOf('work')],
        ]);
        const served = filter.applied.at(-1)?.clients ?? [];
        expect(served.map(({ name }) => name)).toEqual(['banking', 'work']);
    });

    test('leaves out what has ended, or is for one run, and says until when the others are', async () => {
        const rules = {
            work: `^a\\.test$ until-shutdown=c295b21f.5\n^b\\.test$ expire=1000000000\n^c\\.test$ expire=${noon + 600}\n`,
        };
        const { dom0 } = await dom0With({ rules });
        const { out } = await dom0.cli('copy', 'work', 'banking', '--json');
        expect(JSON.parse(out)).toMatchObject({
            rules: [{ expression: '^c\\.test$' }],
            leftOut: [{ untilShutdown: true }, { expire: 1_000_000_000 }],
        });
        expect(await dom0.rules('banking')).toBe(
            `^c\\.test$ expire=${noon + 600}\n`,
        );
        const again = await dom0.cli('copy', 'work', 'vault');
        expect(again.out).toContain(
            [
                'vault: 1 rule of work copied',
                '    1  ^c\\.test$  The host c.test and no other.  [expires in 10 min, 2026-11-24 12:10]',
                '    left out: 2 rules of work, ended or for one run of it only',
                '',
            ].join('\n'),
        );
    });

    test('copies nothing if all would be left out', async () => {
        const rules = { work: '^a\\.test$ until-shutdown=c295b21f.5\n' };
        const { dom0 } = await dom0With({ rules });
        const { exitCode, err } = await dom0.cli('copy', 'work', 'banking');
        expect([exitCode, err]).toEqual([
            1,
            'qvm-filterproxy: error: nothing was changed: work has no rules but such that ended, or are for one run of it only\n',
        ]);
    });

    test('copies a disposable’s from its template, and to a template', async () => {
        const { dom0, filter } = await dom0With({
            qubes: exampleWith(disposable),
        });
        expect((await dom0.cli('copy', 'work', 'work-dvm')).exitCode).toBe(0);
        const served = filter.applied.at(-1)?.clients ?? [];
        expect(served.map(({ name }) => name)).toEqual(['disp12', 'work']);
        const { out } = await dom0.cli('copy', 'disp12', 'banking');
        expect(out).toMatch(/^banking: 1 rule of disp12 copied\n/);
        expect(await dom0.rules('banking')).toBe(text);
    });

    test('says of a file that only includes sets what was copied', async () => {
        const { dom0 } = await dom0With({
            rules: {
                work: '!include dev\n',
                personal: `${text}!include dev\n`,
            },
            owners: {},
            files: { 'sets/dev.rules': '^a\\.test$\n' },
        });
        const { out } = await dom0.cli('copy', 'work', 'banking');
        expect(out).toMatch(/^banking: 1 included set of work copied\n/);
        const both = await dom0.cli('copy', 'personal', 'vault');
        expect(both.out).toMatch(
            /^vault: 1 rule and 1 included set of personal copied\n/,
        );
    });

    test('with --dry-run changes nothing', async () => {
        const { dom0, filter } = await dom0With();
        const args = ['work', 'copy', 'banking', '--dry-run'];
        const { out, exitCode } = await dom0.cli(...args);
        expect(out).toMatch(/^banking: 1 rule of work would be copied\n/);
        expect(out).toContain('sys-filter would:\n    serve banking\n');
        expect([exitCode, filter.applied]).toEqual([0, []]);
        expect(await readdir(dom0.config('qubes'))).toEqual(['work.rules']);
    });

    test('with --json prints an object for programs', async () => {
        const { dom0 } = await dom0With();
        const args = ['copy', 'work', 'banking', '--json'];
        expect(JSON.parse((await dom0.cli(...args)).out)).toMatchObject({
            version: 1,
            command: 'copy',
            qube: 'banking',
            file: 'qubes/banking.rules',
            from: 'work',
            dryRun: false,
            setAside: null,
            rules: [{ line: 3, comment: 'code' }],
            warnings: [],
        });
    });

    test('is what helps a clone that is to be restored', async () => {
        const { dom0 } = await dom0With();
        const args = ['restore', 'banking', '--from', 'work'];
        expect((await dom0.cli(...args)).err).toContain(
            '    to copy what work has: qvm-filterproxy copy work banking\n',
        );
    });
});

describe('copy changes nothing and says why', () => {
    test.each<[string, string[], number, string, FakeDom0Options]>([
        [
            'when the other one has rules',
            ['work', 'banking'],
            1,
            'nothing was changed: banking has rules already\n    to see them: qvm-filterproxy list banking\n    to take them back: qvm-filterproxy remove banking 1\n',
            { rules: { work: text, banking: '^b$\n' } },
        ],
        [
            'from a qube to itself',
            ['work', 'work'],
            1,
            'nothing was changed: work has rules already\n',
            {},
        ],
        [
            'when there are none to copy',
            ['vault', 'banking'],
            1,
            'nothing was changed: vault has no rules\n',
            {},
        ],
        [
            'when they are of an earlier qube',
            ['work', 'banking'],
            1,
            'nothing was changed: work has no rules\n    /etc/qubes/filterproxy/qubes/work.rules was written for another qube',
            { owners: { work: uuidOf('older') } },
        ],
        [
            'when their file has an error',
            ['work', 'banking'],
            1,
            'nothing was changed, mend this first:\n/etc/qubes/filterproxy/qubes/work.rules:1: ',
            { rules: { work: '(\n' } },
        ],
        [
            'to a disposable',
            ['work', 'disp12'],
            1,
            'disp12 is a disposable: it has the rules of work-dvm',
            { qubes: exampleWith(disposable) },
        ],
        ['from nobody', ['nosuch', 'work'], 2, "no such qube: 'nosuch'\n", {}],
        ['to nobody', ['work', 'nosuch'], 2, "no such qube: 'nosuch'\n", {}],
    ])('%s', async (_, args, exitCode, said, options) => {
        const { dom0 } = await dom0With(options);
        const before = await readdir(dom0.config('.'), { recursive: true });
        const result = await dom0.cli('copy', ...args);
        expect([result.exitCode, result.out]).toEqual([exitCode, '']);
        expect(result.err).toContain(`error: ${said}`);
        expect(await readdir(dom0.config('.'), { recursive: true })).toEqual(
            before,
        );
    });

    test.each([
        ['seen', true],
        ['unseen', false],
    ])('from a removed qube, but how to restore: %s', async (_, isSeen) => {
        const { dom0 } = await dom0With({
            rules: { old: text },
            owners: { old: uuidOf('old') },
        });
        if (isSeen) {
            const system = await dom0.deps.inventory.all();
            await setAsideOrphans(dom0.deps, system);
        }
        const result = await dom0.cli('copy', 'old', 'work');
        expect(result.err).toBe(
            [
                'qvm-filterproxy: error: nothing was changed: there is no qube old any more',
                '    to give its rules to work: qvm-filterproxy restore work --from old',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
        const { content } = await dom0.deps.rules.read(nameOf('work'));
        expect(content).toMatchObject({ ok: true, value: { text: '' } });
        const args = ['restore', 'work', '--from', 'old'];
        expect((await dom0.cli(...args)).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(text);
    });
});
