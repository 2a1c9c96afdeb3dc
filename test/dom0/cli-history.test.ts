import {
    chmod,
    mkdir,
    readdir,
    readFile,
    rm,
    writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../dom0/failure.ts';
import { recordEdits } from '../../dom0/history.ts';
import { setAsideRulesOf } from '../../dom0/set-aside.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleQubes, exampleWith, uuidOf } from './fake-qubes.ts';
import { nameOf, uuidFor } from './rules.ts';

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

async function entriesOf(dom0: FakeDom0): Promise<string[]> {
    return (await readdir(dom0.config('history'))).sort();
}

describe('history', () => {
    test('of a ProxyVM has the settings for its clients', async () => {
        const { dom0 } = await dom0With();
        const save = (text: string) =>
            writeFile(dom0.config('proxies/sys-filter.conf'), text);
        await save('!timeout 5\n');
        await recordEdits(dom0.deps);
        await save('!timeout 6\n');
        await recordEdits(dom0.deps);
        await dom0.cli('allow', 'sys-filter', 'a.test');
        const { out } = await dom0.cli('history', 'sys-filter');
        expect(out).toMatch(
            /^3 .* sys-filter .* allow\n.*\n2 .* proxies\/sys-filter\.conf .* by hand\n {4}- !timeout 5\n {4}\+ !timeout 6\n1 /,
        );
        expect((await dom0.cli('history', 'work')).out).toBe(
            'work: no change is recorded\n',
        );
    });

    test('prints who changed which rules when, by what and how, the newest first', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test', '--comment', 'x');
        await dom0.cli('allow', 'banking', 'bank.test');
        await dom0.cli('remove', 'work', '1');
        expect(await dom0.cli('history')).toEqual({
            exitCode: 0,
            out: [
                '3  2026-11-24 12:00  work     user  remove',
                '    - ^a\\.test$ comment=x',
                '2  2026-11-24 12:00  banking  user  allow',
                '    + ^bank\\.test$',
                '1  2026-11-24 12:00  work     user  allow',
                '    + ^a\\.test$ comment=x',
                '',
            ].join('\n'),
            err: '',
        });
        expect((await dom0.cli('history', 'banking')).out).toBe(
            '2  2026-11-24 12:00  banking  user  allow\n    + ^bank\\.test$\n',
        );
        expect(await dom0.cli('banking', 'history')).toEqual(
            await dom0.cli('history', 'banking'),
        );
    });

    test('keeps each text, for people too, behind a line of who and when', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        expect(await entriesOf(dom0)).toEqual(['000001.qubes.work.rules']);
        const file = dom0.config('history/000001.qubes.work.rules');
        expect(await readFile(file, 'utf8')).toBe(
            `{"version":1,"time":"2026-11-24T12:00:00Z","by":"user","command":"allow","owner":"${uuidOf('work')}","previous":null}\n^a\\.test$\n`,
        );
    });

    test('has nothing of a change that changes nothing', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('remove', 'work', 'nosuch.test');
        expect(await entriesOf(dom0)).toHaveLength(1);
    });

    test('begins with what was there before', async () => {
        const { dom0 } = await dom0With({ work: '^old\\.test$\n' });
        await dom0.cli('allow', 'work', 'a.test');
        expect((await dom0.cli('history')).out).toBe(
            [
                '2  2026-11-24 12:00  work  user     allow',
                '    + ^a\\.test$',
                '1  2026-11-24 12:00  work  unknown  by hand',
                '    what was before is not known',
                '',
            ].join('\n'),
        );
    });

    test('shows a change by hand at once, and records it before the next', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await save(dom0, 'work', '^a\\.test$\n# by hand\n');
        expect((await dom0.cli('history')).out).toMatch(
            /^- .* work {2}unknown {2}by hand, not recorded yet\n {4}\+ # by hand\n1 /,
        );
        expect(await entriesOf(dom0)).toHaveLength(1);
        await dom0.cli('allow', 'work', 'b.test');
        expect((await dom0.cli('history')).out).toMatch(
            /^3 .*user {5}allow\n {4}\+ \^b.*\n2 .*unknown {2}by hand\n {4}\+ # by hand\n1 /,
        );
    });

    test('gets changes by hand from the daemon, of files nobody changed before as well', async () => {
        const { dom0 } = await dom0With({ banking: '^b\\.test$\n' });
        await dom0.cli('allow', 'work', 'a.test');
        await recordEdits(dom0.deps);
        await save(dom0, 'work', '^c\\.test$\n');
        await save(dom0, 'banking', '^d\\.test$\n');
        await recordEdits(dom0.deps);
        await recordEdits(dom0.deps);
        await rm(dom0.config('qubes/work.rules'));
        await recordEdits(dom0.deps);
        expect((await dom0.cli('history')).out).toBe(
            [
                '5  2026-11-24 12:00  work     unknown  by hand',
                '    - ^c\\.test$',
                '4  2026-11-24 12:00  banking  unknown  by hand',
                '    - ^b\\.test$',
                '    + ^d\\.test$',
                '3  2026-11-24 12:00  work     unknown  by hand',
                '    - ^a\\.test$',
                '    + ^c\\.test$',
                '2  2026-11-24 12:00  banking  unknown  by hand',
                '    what was before is not known',
                '1  2026-11-24 12:00  work     user     allow',
                '    + ^a\\.test$',
                '',
            ].join('\n'),
        );
    });

    test('counts the lines of a long change, and prints them harmless', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        const lines = Array.from({ length: 50 }, () => '# \x1b[2J\n');
        await save(dom0, 'work', lines.join(''));
        const { out } = await dom0.cli('history', 'work');
        expect(out).not.toContain('\x1b');
        expect(out).toContain(
            '\n    + # _[2J\n    and 31 more changed lines\n',
        );
    });

    test('takes a text that is no UTF-8 as it is', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await writeFile(
            dom0.config('qubes/work.rules'),
            Buffer.from('^a\\.test$\n# \xfc\n', 'latin1'),
        );
        await recordEdits(dom0.deps);
        expect((await dom0.cli('history')).out).toContain('    + # _\n');
    });

    test('has the qubes that are gone, and says that their rules went', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        dom0.qubes = exampleQubes.filter(({ name }) => name !== 'work');
        const gone = { name: nameOf('work'), uuid: uuidFor('work') };
        await setAsideRulesOf(dom0.deps, { ...gone, class: 'AppVM' });
        expect((await dom0.cli('history', 'work')).out).toMatch(
            /^2 .* work {2}user {2}set aside\n {4}- \^a.*\n1 .* allow\n/,
        );
    });

    test('has what an import wrote, of each file', async () => {
        const { dom0 } = await dom0With();
        const source = join(dom0.root, 'other');
        for (const path of ['qubes/work.rules', 'sets/x.rules']) {
            await mkdir(join(source, dirname(path)), { recursive: true });
            await writeFile(join(source, path), '^a\\.test$\n');
        }
        await dom0.cli('import', source, '--apply');
        const { out } = await dom0.cli('history');
        expect(out.split('\n').sort()).toEqual([
            '',
            '    + ^a\\.test$',
            '    + ^a\\.test$',
            '1  2026-11-24 12:00  work          user  import',
            '2  2026-11-24 12:00  sets/x.rules  user  import',
        ]);
    });

    test('of a disposable is that of its template', async () => {
        const { dom0 } = await dom0With();
        dom0.qubes = exampleWith(disposable);
        await dom0.cli('allow', 'disp12', 'a.test', '--template');
        const { out } = await dom0.cli('history', 'disp12');
        expect(out).toContain('  work-dvm  user  allow\n');
    });

    test('says so if nothing is recorded, and knows no qube that never was', async () => {
        const { dom0 } = await dom0With();
        expect((await dom0.cli('history')).out).toBe('no change is recorded\n');
        const { out, exitCode } = await dom0.cli('history', 'work', 'vault');
        expect([out, exitCode]).toEqual([
            'work: no change is recorded\nvault: no change is recorded\n',
            0,
        ]);
        const none = await dom0.cli('history', 'nosuch');
        expect([none.exitCode, none.out]).toEqual([2, '']);
        expect(none.err).toContain("no such qube: 'nosuch'");
    });

    test('names what it does not understand, and goes on', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('allow', 'work', 'b.test');
        await dom0.cli('allow', 'work', 'c.test');
        await writeFile(dom0.config('history/000002.qubes.work.rules'), 'x');
        await chmod(dom0.config('history/000001.qubes.work.rules'), 0o666);
        await writeFile(dom0.config('history/notes'), 'x');
        const { out, err, exitCode } = await dom0.cli('history');
        expect(out).toBe(
            '3  2026-11-24 12:00  work  user  allow\n    what was before is not known\n',
        );
        expect(err).toContain(
            '/etc/qubes/filterproxy/history/notes: not listed: its name is not NUMBER.DIRECTORY.FILE\n',
        );
        expect(err).toContain('/000001.qubes.work.rules: others may write it');
        expect(err).toContain('/000002.qubes.work.rules: it has no first line');
        expect(exitCode).toBe(0);
        expect((await dom0.cli('undo', 'work')).err).toContain(
            'nothing was changed: what work had before the last change is not recorded\n',
        );
        expect((await dom0.cli('allow', 'work', 'd.test')).exitCode).toBe(0);
        expect((await dom0.cli('undo', 'work')).exitCode).toBe(0);
    });

    test('with --json prints all lines, for programs', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'a.test');
        await save(dom0, 'work', '^b\\.test$\n');
        const { out } = await dom0.cli('history', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'history',
            changes: [
                {
                    number: null,
                    file: 'qubes/work.rules',
                    qube: 'work',
                    owner: uuidOf('work'),
                    time: '2026-11-24T12:00:00Z',
                    by: null,
                    command: null,
                    removed: ['^a\\.test$'],
                    added: ['^b\\.test$'],
                },
                {
                    number: 1,
                    file: 'qubes/work.rules',
                    qube: 'work',
                    owner: uuidOf('work'),
                    time: '2026-11-24T12:00:00Z',
                    by: 'user',
                    command: 'allow',
                    removed: [],
                    added: ['^a\\.test$'],
                },
            ],
            warnings: [],
        });
    });
});

describe('what cannot be recorded', () => {
    test('is not done: the file is as it was, and no ProxyVM is told', async () => {
        const { dom0, filter } = await dom0With({ work: '^old\\.test$\n' });
        await rm(dom0.config('history'), { recursive: true });
        for (const args of [
            ['allow', 'work', 'a.test'],
            ['remove', 'work', '1'],
        ]) {
            const result = await dom0.cli(...args);
            expect([result.exitCode, result.out]).toEqual([1, '']);
            expect(result.err).toContain('filterproxy is incomplete');
        }
        expect(await dom0.rules('work')).toBe('^old\\.test$\n');
        expect(filter.applied).toEqual([]);
    });

    test('is said if the disk is full, and can be done when it has room', async () => {
        const { dom0, filter } = await dom0With({ work: '^old\\.test$\n' });
        const { history } = dom0.deps;
        const full = new Failure('cannot write that: no space is left');
        Object.assign(dom0.deps, {
            history: { ...history, write: () => Promise.reject(full) },
        });
        const result = await dom0.cli('allow', 'work', 'a.test');
        expect(result).toEqual({
            exitCode: 1,
            out: '',
            err: 'qvm-filterproxy: error: /etc/qubes/filterproxy/qubes/work.rules was not changed: cannot write that: no space is left\n',
        });
        expect(await dom0.rules('work')).toBe('^old\\.test$\n');
        expect(filter.applied).toEqual([]);
        Object.assign(dom0.deps, { history });
        expect((await dom0.cli('allow', 'work', 'a.test')).exitCode).toBe(0);
    });
});

test('of 120 changes 100 are kept, and each can be taken back', async () => {
    const { dom0 } = await dom0With();
    for (let at = 0; at < 60; at += 1) {
        await dom0.cli('allow', 'work', 'a.test');
        await dom0.cli('remove', 'work', '1');
    }
    const entries = await entriesOf(dom0);
    expect([entries.length, entries[0], entries.at(-1)]).toEqual([
        100,
        '000021.qubes.work.rules',
        '000120.qubes.work.rules',
    ]);
    const { out } = await dom0.cli('undo', 'work', '--to', '22');
    expect(out).toContain('    + ^a\\.test$\n');
    expect((await dom0.cli('undo', 'work', '--to', '22')).err).toContain(
        'what work had before change 22 is not recorded\n',
    );
});
