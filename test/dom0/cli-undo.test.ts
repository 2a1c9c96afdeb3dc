import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { recordEdits } from '../../dom0/history.ts';
import { setAsideOrphans } from '../../dom0/set-aside.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleQubes, exampleWith, uuidOf } from './fake-qubes.ts';

async function dom0With(rules: Record<string, string> = {}) {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': filter.agent },
    });
    return { dom0, filter };
}

const save = (dom0: FakeDom0, qube: string, text: string) =>
    writeFile(dom0.config(`qubes/${qube}.rules`), text);

const open =
    'work can still go around the proxy, its Qubes firewall lets everything out\n' +
    '    to change that: qvm-filterproxy lock work\n';

describe('undo', () => {
    test('takes the last change back, and says what is allowed again', async () => {
        const { dom0, filter } = await dom0With();
        await dom0.cli('allow', 'work', '.a.test');
        await dom0.cli('remove', 'work', '1');
        expect(await dom0.cli('undo', 'work')).toEqual({
            exitCode: 0,
            out:
                [
                    'work: change 2 (remove, by user, 2026-11-24 12:00) taken back',
                    '    + (^|\\.)a\\.test$',
                    '          The host a.test and all its subdomains.',
                    'sys-filter: in force',
                    '',
                ].join('\n') + open,
            err: '',
        });
        expect(await dom0.rules('work')).toBe('(^|\\.)a\\.test$\n');
        const [client] = filter.applied.at(-1)?.clients ?? [];
        expect(client?.filter?.rules).toBe(1);
    });

    test('says until when a rule that ends is allowed again', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test', '--expire', '2h');
        await dom0.cli('remove', 'work', '1');
        expect((await dom0.cli('undo', 'work')).out).toMatch(
            /\n {4}\+ \^a\\.test\$ expire=\d+\n {10}The host a\.test and no other\. {2}\[until 2026-11-24 14:00\]\n/,
        );
    });

    test('of an undo does it again, and each is in the history', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('undo', 'work');
        expect(await dom0.rules('work')).toBe('');
        expect((await dom0.cli('work', 'undo')).out).toContain(
            'work: change 2 (undo, by user, 2026-11-24 12:00) taken back\n    + ^a\\.test$\n',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        expect((await dom0.cli('history')).out).toMatch(
            /^3 .*undo\n {4}\+ .*\n2 .*undo\n {4}- .*\n1 .*allow\n/,
        );
    });

    test('that narrows ends connections, or lets them go on with --drain', async () => {
        for (const [drain, said] of [
            [[], 'sys-filter: in force; 2 open connections of work were ended'],
            [['--drain'], 'work: what it had open before may go on by the old'],
        ] as const) {
            const { dom0 } = await dom0With();
            await dom0.cli('allow', 'work', 'a.test', 'b.test');
            await dom0.cli('allow', 'work', 'c.test');
            const result = await dom0.cli('undo', 'work', ...drain);
            expect(result.out).toContain(said);
            expect(result.exitCode).toBe(0);
        }
    });

    test('--to takes a change back and all after it', async () => {
        const { dom0 } = await dom0With();
        for (const host of ['a.test', 'b.test', 'c.test']) {
            await dom0.cli('allow', 'work', host);
        }
        expect((await dom0.cli('undo', 'work', '--to', '2')).out).toContain(
            'work: change 2 (allow, by user, 2026-11-24 12:00) and all after it taken back\n' +
                '    - ^b\\.test$\n    - ^c\\.test$\n',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        const again = await dom0.cli('undo', 'work', '--to', '2');
        expect(again.out).toMatch(
            /^work: is as before change 2 \(allow, .*\) already\n/,
        );
        expect((await dom0.cli('history')).out).toMatch(/^4 /);
    });

    test('takes a change by hand back, also one that broke the file', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await save(dom0, 'work', '^a\\.test$\n(\n');
        expect((await dom0.cli('undo', 'work')).out).toContain(
            'work: the last change (by hand, not recorded yet) taken back\n    - (\n',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        expect((await dom0.cli('undo', 'work')).err).toContain(
            'nothing was changed: what work had before change 3 (undo, by user, 2026-11-24 12:00) has errors\n    /etc/qubes/filterproxy/qubes/work.rules:2: this "(" has no ")"',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('without a name takes back what was changed last', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'banking', 'b.test');
        await dom0.cli('allow', 'work', 'a.test');
        expect((await dom0.cli('undo')).out).toMatch(/^work: change 2 /);
        await save(dom0, 'banking', '^c\\.test$\n');
        expect((await dom0.cli('undo')).out).toMatch(/^banking: the last /);
        expect(await dom0.rules('banking')).toBe('^b\\.test$\n');
        expect((await dom0.cli('undo', '--to', '1')).out).toMatch(
            /^banking: change 1 .* and all after it taken back\n/,
        );
    });

    test('without a name guesses nothing', async () => {
        const { dom0 } = await dom0With();
        expect((await dom0.cli('undo')).err).toContain('no change is recorded');
        await dom0.cli('allow', 'banking', 'b.test');
        await dom0.cli('allow', 'work', 'a.test');
        expect((await dom0.cli('undo', '--to', '7')).err).toContain(
            'nothing was changed: no change 7 is recorded\n',
        );
        await save(dom0, 'banking', '');
        await save(dom0, 'work', '');
        expect((await dom0.cli('undo')).err).toContain(
            'several files were changed by hand',
        );
        await dom0.cli('undo', 'work');
        await dom0.cli('undo', 'banking');
    });

    describe('without a name, of a qube that was removed', () => {
        async function removed() {
            const { dom0 } = await dom0With();
            await dom0.cli('allow', 'work', 'a.test');
            await dom0.cli('allow', 'banking', 'b.test');
            dom0.qubes = exampleQubes.filter(({ name }) => name !== 'banking');
            return dom0;
        }
        const todo = [
            '    to see its rules: qvm-filterproxy list --removed banking',
            '    to give them to another qube: qvm-filterproxy restore QUBE --from banking',
            '    to take back the last change of another qube: qvm-filterproxy undo QUBE',
            '',
        ];

        test('says that its rules were set aside, and what can be done', async () => {
            const dom0 = await removed();
            const system = await dom0.deps.inventory.all();
            await setAsideOrphans(dom0.deps, system);
            expect(await dom0.cli('undo')).toEqual({
                exitCode: 1,
                out: '',
                err: [
                    'qvm-filterproxy: error: nothing was changed: the last change set the rules of banking aside, as that qube was removed',
                    ...todo,
                ].join('\n'),
            });
            expect((await dom0.cli('undo', 'work')).exitCode).toBe(0);
        });

        test('says that there is none, if nobody has seen it go', async () => {
            const dom0 = await removed();
            for (const [which, ...args] of [
                ['the last change'],
                ['change 2', '--to', '2'],
            ]) {
                expect(await dom0.cli('undo', ...args)).toEqual({
                    exitCode: 1,
                    out: '',
                    err: [
                        `qvm-filterproxy: error: nothing was changed: ${which} is of the rules of banking, and there is no such qube any more`,
                        ...todo.slice(1),
                    ].join('\n'),
                });
            }
        });
    });

    describe('of a set', () => {
        async function withSet() {
            const { dom0, filter } = await dom0With({ work: '!include x\n' });
            await writeFile(dom0.config('sets/x.rules'), '^a\\.test$\n');
            await recordEdits(dom0.deps);
            await writeFile(dom0.config('sets/x.rules'), '^b\\.test$\n');
            await recordEdits(dom0.deps);
            await dom0.cli('update');
            return { dom0, filter };
        }
        const set = (dom0: FakeDom0) =>
            readFile(dom0.config('sets/x.rules'), 'utf8');
        const said = (done: string) =>
            [
                `sets/x.rules: change 3 (by hand, 2026-11-24 12:00) ${done}`,
                '    - ^b\\.test$',
                '    + ^a\\.test$',
                '          The host a.test and no other.',
                '',
            ].join('\n');

        test('concerns all that include it', async () => {
            const { dom0, filter } = await withSet();
            const { out, err, exitCode } = await dom0.cli('undo');
            expect([exitCode, err]).toEqual([0, '']);
            expect(out).toBe(
                `${said('taken back')}sys-filter: in force; 2 open connections of work were ended\n`,
            );
            expect(await set(dom0)).toBe('^a\\.test$\n');
            const [client] = filter.applied.at(-1)?.clients ?? [];
            expect(client?.filter?.lines).toEqual(["\\`a\\.test\\'"]);
            await dom0.cli('undo', '--to', '3');
            expect(await set(dom0)).toBe('^a\\.test$\n');
            await dom0.cli('undo');
            expect(await set(dom0)).toBe('^b\\.test$\n');
        });

        test('with --dry-run asks what that would be', async () => {
            const { dom0, filter } = await withSet();
            const told = filter.applied.length;
            const { out } = await dom0.cli('undo', '--dry-run');
            expect(out).toBe(
                `${said('would be taken back')}sys-filter would:\n    serve work\n`,
            );
            expect(await set(dom0)).toBe('^b\\.test$\n');
            expect(filter.applied.length).toBe(told);
            expect(await readdir(dom0.config('history'))).toHaveLength(3);
        });

        test('with --json has what became of all', async () => {
            const { dom0 } = await withSet();
            const { out } = await dom0.cli('undo', '--json');
            expect(JSON.parse(out)).toMatchObject({
                command: 'undo',
                qube: null,
                file: 'sets/x.rules',
                undone: 3,
                removed: ['^b\\.test$'],
                added: ['^a\\.test$'],
                update: { command: 'update', qubes: [{ qube: 'work' }] },
            });
        });

        test('is not done if nobody knows what was before', async () => {
            const { dom0 } = await withSet();
            const { err } = await dom0.cli('undo', '--to', '2');
            expect(err).toContain(
                'what sets/x.rules had before change 2 is not recorded\n    to see what is recorded: qvm-filterproxy history\n',
            );
        });
    });

    test('puts no include of a set in force that is gone', async () => {
        const { dom0 } = await dom0With();
        const set = dom0.config('sets/x.rules');
        await writeFile(set, '^a\\.test$\n');
        await save(dom0, 'work', '!include x\n');
        await dom0.cli('allow', 'work', 'b.test');
        await save(dom0, 'work', '^b\\.test$\n');
        await rm(set);
        expect((await dom0.cli('undo', 'work')).err).toContain(
            "    /etc/qubes/filterproxy/qubes/work.rules:1: there is no set 'x' (sets/x.rules)\n",
        );
        expect(await dom0.rules('work')).toBe('^b\\.test$\n');
    });

    test('of what restore gave keeps it in the history', async () => {
        const { dom0 } = await dom0With({ old: '^a\\.test$\n' });
        await writeFile(dom0.config('owners/old'), uuidOf('older'));
        await dom0.cli('restore', 'work', '--from', 'old');
        expect((await dom0.cli('undo', 'work')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('');
        expect((await dom0.cli('undo', 'work')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('of a disposable’s rules wants --template', async () => {
        const { dom0 } = await dom0With();
        dom0.qubes = exampleWith(disposable);
        await dom0.cli('allow', 'work-dvm', 'a.test');
        expect((await dom0.cli('undo', 'disp12')).err).toContain(
            'add --template',
        );
        const result = await dom0.cli('undo', 'disp12', '--template');
        expect(result.out).toMatch(/^work-dvm: change 1 .* taken back\n/);
    });

    test('warns of what is loose in what it leaves', async () => {
        const { dom0 } = await dom0With({ work: 'a\\.test\n' });
        await dom0.cli('remove', 'work', '1');
        const { err, exitCode } = await dom0.cli('undo', 'work');
        expect(err).toContain('qubes/work.rules:1: a\\.test also matches');
        expect(exitCode).toBe(0);
    });

    test('with --dry-run shows what it would do', async () => {
        const { dom0, filter } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        const told = filter.applied.length;
        expect((await dom0.cli('undo', 'work', '--dry-run')).out).toMatch(
            /^work: change 1 .* would be taken back\n {4}- \^a.*\nsys-filter/,
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        expect(filter.applied.length).toBe(told);
        expect(await readdir(dom0.config('history'))).toHaveLength(1);
    });

    test('with --json says which change it was', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        const { out } = await dom0.cli('undo', 'work', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'undo',
            qube: 'work',
            file: 'qubes/work.rules',
            dryRun: false,
            undone: 1,
            removed: ['^a\\.test$'],
            added: [],
            warnings: [],
        });
    });
});

describe('undo changes nothing and says why', () => {
    test.each([
        [
            'when nothing is recorded',
            ['vault'],
            1,
            "no change of vault's rules",
        ],
        ['for a change of another', ['work', '--to', '2'], 1, 'no change 2\n'],
        ['for what is no number', ['work', '--to', 'x'], 2, '--to takes the'],
        ['for an unknown qube', ['nosuch'], 2, "no such qube: 'nosuch'"],
        ['for a template', ['fedora-41'], 1, 'fedora-41 is a template'],
    ])('%s', async (_, args, exitCode, said) => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('allow', 'banking', 'a.test');
        const result = await dom0.cli('undo', ...args);
        expect([result.exitCode, result.out]).toEqual([exitCode, '']);
        expect(result.err).toContain(said);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('for a file that was there before anything was recorded', async () => {
        const { dom0 } = await dom0With({ work: '^a\\.test$\n' });
        expect((await dom0.cli('undo', 'work')).err).toContain(
            "nothing was changed: no change of work's rules is recorded\n",
        );
        await dom0.cli('allow', 'work', 'b.test');
        await dom0.cli('undo', 'work', '--to', '2');
        const { err } = await dom0.cli('undo', 'work', '--to', '1');
        expect(err).toContain(
            'what work had before change 1 is not recorded\n    to see what is recorded: qvm-filterproxy history work\n',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('for a file that is not one', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await writeFile(dom0.config('qubes/work.rules'), '');
        await chmod(dom0.config('qubes/work.rules'), 0o666);
        expect((await dom0.cli('undo', 'work')).err).toContain(
            'nothing was changed, mend this first:\n/etc/qubes/filterproxy/qubes/work.rules: others may write it; to mend it: sudo chmod 660 ',
        );
    });
});

describe('a new qube of a removed one’s name', () => {
    async function renamed(isSeen: boolean) {
        const { dom0, filter } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        const anew = { name: 'work', uuid: uuidOf('newer') };
        if (isSeen) {
            dom0.qubes = exampleQubes.filter(({ name }) => name !== 'work');
            await dom0.cli('restore', 'banking', '--from', 'work');
            await dom0.cli('undo', 'banking');
        }
        dom0.qubes = exampleWith(anew);
        return { dom0, filter };
    }

    test.each([true, false])(
        'gets nothing of its by undo; seen to be removed: %s',
        async (isSeen) => {
            const { dom0, filter } = await renamed(isSeen);
            const result = await dom0.cli('undo', 'work');
            expect(result.err).toContain(
                "nothing was changed: no change of work's rules is recorded\n",
            );
            expect((await dom0.cli('undo', 'work', '--to', '1')).err).toContain(
                'change 1 is of an earlier qube that was called work\n    to see its rules: qvm-filterproxy list --removed work\n',
            );
            await dom0.cli('allow', 'work', 'new.test');
            expect((await dom0.cli('undo', 'work')).exitCode).toBe(0);
            expect(await dom0.rules('work')).toBe('');
            const lines = filter.applied.flatMap(({ clients }) =>
                clients.filter(({ uuid }) => uuid === uuidOf('newer')),
            );
            expect(JSON.stringify(lines)).not.toContain('a\\\\.test');
        },
    );
});
