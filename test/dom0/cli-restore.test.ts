// Rules of removed qubes, listed and brought back.
import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { restore } from '../../dom0/cli/commands/restore.ts';
import { setAsideOrphans } from '../../dom0/set-aside.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { exampleWith, uuidOf } from './fake-qubes.ts';
import { nameOf, uuidFor } from './rules.ts';

const text = '# for work\n(^|\\.)github\\.com$ comment=code\n';
const older = uuidOf('older');
const noon = '2026-11-24T12:00:00Z';
const aside = `removed/work.20261124T120000Z.${older}.rules`;

/** The qube `work` is another one than that whose rules these were. */
async function afterRemoval(
    rules: Readonly<Record<string, string>> = { work: text },
    options: FakeDom0Options = {},
): Promise<FakeDom0> {
    const owners = Object.keys(rules).map((name) => [name, older]);
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': obedientAgent().agent },
        ...options,
        rules,
        owners: Object.fromEntries(owners),
    });
    await setAsideOrphans(dom0.deps, await dom0.deps.inventory.all());
    return dom0;
}

async function filesIn(dom0: FakeDom0): Promise<string[]> {
    return readdir(dom0.config('.'), { recursive: true });
}

/** Sets another file of `work` aside, at that time. */
async function setAsideAt(dom0: FakeDom0, time: string, rules: string) {
    await dom0.deps.rules.writeFile('qubes/work.rules', rules);
    const { removed } = dom0.deps;
    await removed.take(nameOf('work'), uuidFor('other'), new Date(time));
}

describe('list --removed', () => {
    test('prints whose rules are set aside, since when and how many', async () => {
        const dom0 = await afterRemoval({
            work: text,
            'old-office.2': '^a$\n^b$\n',
            empty: '# nothing\n',
            vault: '(\n',
        });
        await setAsideAt(dom0, '2026-11-25T01:02:03Z', '^c$\n');
        expect(await dom0.cli('list', '--removed')).toEqual({
            exitCode: 0,
            out: [
                'empty         2026-11-24T12:00:00Z  no rules',
                'old-office.2  2026-11-24T12:00:00Z  2 rules',
                'vault         2026-11-24T12:00:00Z  has errors',
                'work          2026-11-25T01:02:03Z  1 rule',
                'work          2026-11-24T12:00:00Z  1 rule',
                '',
            ].join('\n'),
            err: '',
        });
        expect((await dom0.cli('work', '--removed')).out).toBe(
            'work  2026-11-25T01:02:03Z  1 rule\nwork  2026-11-24T12:00:00Z  1 rule\n',
        );
    });

    test('says so when there are none, and what it does not list', async () => {
        const dom0 = await fakeDom0();
        await writeFile(dom0.config('removed/work.rules'), '^a$\n');
        expect(await dom0.cli('list', '--removed')).toEqual({
            exitCode: 0,
            out: 'no rules are set aside\n',
            err: '/etc/qubes/filterproxy/removed/work.rules: not listed: its name is not QUBE.DATE.UUID.rules\n',
        });
        const { out } = await dom0.cli('list', 'work', 'x', '--removed');
        expect(out).toBe(
            'work: no rules are set aside\nx: no rules are set aside\n',
        );
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await afterRemoval();
        const { out } = await dom0.cli('list', '--removed', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'list',
            removed: [
                {
                    qube: 'work',
                    uuid: older,
                    date: noon,
                    file: aside,
                    rules: [
                        {
                            line: 2,
                            expression: '(^|\\.)github\\.com$',
                            comment: 'code',
                            expire: null,
                            untilShutdown: false,
                            meaning:
                                'The host github.com and all its subdomains.',
                        },
                    ],
                    problems: [],
                },
            ],
            warnings: [],
        });
    });
});

describe('restore', () => {
    test('puts the rules in force as the new qube’s own', async () => {
        const filter = obedientAgent();
        const dom0 = await afterRemoval(
            { work: text },
            { agents: { 'sys-filter': filter.agent } },
        );
        expect(await dom0.cli('restore', 'work')).toEqual({
            exitCode: 0,
            out: [
                'work: 1 rule restored, set aside 2026-11-24T12:00:00Z',
                '    1  (^|\\.)github\\.com$  The host github.com and all its subdomains.  (code)',
                'sys-filter: in force',
                'work can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(await dom0.rules('work')).toBe(text);
        expect(await readdir(dom0.config('removed'))).toEqual([]);
        const owners = await dom0.deps.rules.owners();
        expect([...owners]).toEqual([['work', uuidOf('work')]]);
        const [client] = filter.applied.at(-1)?.clients ?? [];
        expect([client?.name, client?.filter?.rules]).toEqual(['work', 1]);
    });

    test('gives them to a qube of another name, which may stand first', async () => {
        const dom0 = await afterRemoval();
        const args = ['banking', 'restore', '--from', 'work'];
        const { out, exitCode } = await dom0.cli(...args);
        expect(exitCode).toBe(0);
        expect(out).toMatch(/^banking: 1 rule of work restored, set aside /);
        expect(await dom0.rules('banking')).toBe(text);
    });

    test('takes the newest, or those of a date', async () => {
        const dates = ['2026-11-22T08:00:00Z', '2026-11-23T08:00:00Z'];
        const choose = async (...args: string[]) => {
            const dom0 = await afterRemoval();
            for (const date of dates) {
                await setAsideAt(dom0, date, `^${date.slice(8, 10)}$\n`);
            }
            await dom0.cli('restore', 'work', ...args);
            return dom0.rules('work');
        };
        expect(await choose()).toBe(text);
        expect(await choose('--date', '2026-11-22')).toBe('^22$\n');
        expect(await choose('--date', '2026-11-23T08')).toBe('^23$\n');
        expect(await choose('--date', '2026-11-23T08:00:00Z')).toBe('^23$\n');
    });

    test('finds those of a qube that was removed unseen', async () => {
        const dom0 = await fakeDom0({
            rules: { work: text, old: '^b$\n' },
            owners: { work: older, old: uuidOf('old') },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        expect((await dom0.cli('show')).out).toContain(
            '    to use it for this one: qvm-filterproxy restore work\n',
        );
        expect((await dom0.cli('restore', 'work')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(text);
        const args = ['restore', 'banking', '--from', 'old'];
        expect((await dom0.cli(...args)).exitCode).toBe(0);
        expect(await dom0.rules('banking')).toBe('^b$\n');
        expect((await readdir(dom0.config('qubes'))).sort()).toEqual([
            'banking.rules',
            'work.rules',
        ]);
        expect(await readdir(dom0.config('removed'))).toEqual([]);
    });

    test('makes room for them, if an earlier qube’s are in the way', async () => {
        const dom0 = await afterRemoval();
        await dom0.deps.rules.writeFile('qubes/banking.rules', '^c$\n');
        await dom0.deps.rules.recordOwner(nameOf('banking'), uuidFor('x'));
        const args = ['restore', 'banking', '--from', 'work'];
        const { out, exitCode } = await dom0.cli(...args);
        expect(out).toContain(
            'banking: the rule file of an earlier qube of that name was set aside; ',
        );
        expect(exitCode).toBe(0);
        expect(await dom0.rules('banking')).toBe(text);
        expect((await dom0.cli('list', '--removed')).out).toBe(
            'banking  2026-11-24T12:00:00Z  1 rule\n',
        );
    });

    test('keeps remarks of the qube’s own, above the rules', async () => {
        const dom0 = await afterRemoval();
        await dom0.deps.rules.writeFile('qubes/work.rules', '# mine');
        expect((await dom0.cli('restore', 'work')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(`# mine\n${text}`);
    });

    test('says what is loose in them, and what waits for a start', async () => {
        const dom0 = await afterRemoval(
            { work: 'a\\.test\n' },
            { qubes: exampleWith({ name: 'work', xid: -1 }) },
        );
        const result = await dom0.cli('restore', 'work');
        expect(result.out).toContain(
            'work: restored; it is halted, and is served once it starts\n',
        );
        expect(result.err).toContain('qubes/work.rules:1: a\\.test also ');
        expect(result.exitCode).toBe(0);
    });

    test.each([
        ['set aside', true],
        ['removed unseen', false],
    ])('with --dry-run changes nothing: %s', async (_, isSeen) => {
        const unseen = {
            rules: { work: text },
            owners: { work: older },
            agents: { 'sys-filter': obedientAgent().agent },
        };
        const dom0 = isSeen ? await afterRemoval() : await fakeDom0(unseen);
        const before = await filesIn(dom0);
        const result = await dom0.cli('restore', 'work', '--dry-run');
        expect(result.out).toMatch(
            /^work: 1 rule would be restored, set aside 2026-11-24T12:00:00Z\n/,
        );
        expect(result.out).toContain('sys-filter would:\n    serve work\n');
        expect(result.out).not.toContain('would be set aside');
        expect(result.exitCode).toBe(0);
        expect(await filesIn(dom0)).toEqual(before);
    });

    test('that is cut short before its end loses nothing', async () => {
        const dom0 = await afterRemoval();
        const cutAt = async (step: 'write' | 'delete') => {
            const killed = async () => {
                throw new Error('killed');
            };
            const { rules, removed } = dom0.deps;
            const cut = { ...dom0.deps };
            const deps =
                step === 'write'
                    ? { ...cut, rules: { ...rules, writeFile: killed } }
                    : { ...cut, removed: { ...removed, delete: killed } };
            await expect(
                restore(deps, {
                    qube: 'work',
                    from: null,
                    date: null,
                    dryRun: false,
                    verbose: false,
                }),
            ).rejects.toThrow('killed');
        };
        await cutAt('write');
        expect(await readdir(dom0.config('qubes'))).toEqual([]);
        expect((await readdir(dom0.config('removed'))).length).toBe(1);
        await cutAt('delete');
        expect(await dom0.rules('work')).toBe(text);
        expect((await readdir(dom0.config('removed'))).length).toBe(1);
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await afterRemoval();
        const { out } = await dom0.cli('restore', 'work', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'restore',
            qube: 'work',
            file: 'qubes/work.rules',
            dryRun: false,
            restored: { qube: 'work', uuid: older, date: noon, file: aside },
            rules: [{ line: 2, expression: '(^|\\.)github\\.com$' }],
            warnings: [],
            wayAround: { kind: 'everything' },
        });
    });
});

describe('restore changes nothing and says why', () => {
    test.each([
        ['1 rule', '^a$\n', 'remove work 1'],
        ['more', '^a$\n# x\n^b$\n', 'remove work $(seq 2)'],
        ['an include', '!include dev\n', 'edit work'],
        ['both', '^a$\n!include dev\n', 'edit work'],
    ])('for a qube with rules: %s', async (_, rules, command) => {
        const dom0 = await afterRemoval();
        await dom0.deps.rules.writeFile('qubes/work.rules', rules);
        expect(await dom0.cli('restore', 'work')).toEqual({
            exitCode: 1,
            out: '',
            err: [
                'qvm-filterproxy: error: nothing was changed: work has rules already',
                '    to see them: qvm-filterproxy list work',
                `    to take them back: qvm-filterproxy ${command}`,
                '',
            ].join('\n'),
        });
        expect(await dom0.rules('work')).toBe(rules);
    });

    test.each([
        [
            'when nothing is set aside',
            ['banking'],
            1,
            'nothing was changed: no rules of banking are set aside\n    to see which are: qvm-filterproxy list --removed\n',
        ],
        [
            'when nothing has that date',
            ['work', '--date', '2025-01-01'],
            1,
            'no rules of work are set aside with the date 2025-01-01\n    to see which are: qvm-filterproxy list --removed work\n',
        ],
        [
            'for what is no date',
            ['work', '--date', 'yesterday'],
            2,
            "'yesterday' is no date as",
        ],
        ['for an unknown qube', ['nosuch'], 2, "no such qube: 'nosuch'"],
        ['for a template', ['fedora-41'], 1, 'fedora-41 is a template'],
        [
            'for a disposable',
            ['disp12', '--from', 'work'],
            1,
            'disp12 is a disposable: it has the rules of work-dvm, as all disposables of that have; name that instead\n',
        ],
    ])('%s', async (_, args, exitCode, said) => {
        const disposable = { class: 'DispVM', template: 'work-dvm' };
        const dom0 = await afterRemoval(
            { work: text },
            { qubes: exampleWith({ name: 'disp12', ...disposable }) },
        );
        const result = await dom0.cli('restore', ...args);
        expect([result.exitCode, result.out]).toEqual([exitCode, '']);
        expect(result.err).toContain(said);
        expect((await readdir(dom0.config('removed'))).length).toBe(1);
    });

    test('for a file with an error, which it points at', async () => {
        const dom0 = await afterRemoval({ work: '^a$\n!b\n' });
        const result = await dom0.cli('restore', 'work');
        expect(result.err).toContain('nothing was changed, mend this first:\n');
        expect(result.err).toContain(`/etc/qubes/filterproxy/${aside}:2: `);
        expect(result.exitCode).toBe(1);
    });
});
