import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { editorCommand, terminalEditor } from '../../dom0/adapters/editor.ts';
import { Failure } from '../../dom0/failure.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { type FakeEditor, fakeEditor } from './fake-editor.ts';
import { exampleWith, uuidOf } from './fake-qubes.ts';

const text = '# what work is for\n^a\\.test$\n^b\\.test$\n';

async function dom0With(
    editor: FakeEditor,
    options: Parameters<typeof fakeDom0>[0] = {},
) {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        rules: { work: text },
        agents: { 'sys-filter': filter.agent },
        editor,
        ...options,
    });
    return { dom0, filter };
}

describe('edit', () => {
    test('puts what was saved in force, and says what it means', async () => {
        const editor = fakeEditor([
            (old) => old.replace('^b\\.test$\n', '(^|\\.)c\\.test$\n# more\n'),
        ]);
        const { dom0, filter } = await dom0With(editor);
        expect(await dom0.cli('edit', 'work')).toEqual({
            exitCode: 0,
            out: [
                'work: changed',
                '    - ^b\\.test$',
                '    + (^|\\.)c\\.test$',
                '          The host c.test and all its subdomains.',
                '    + # more',
                'sys-filter: in force',
                'work can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(editor.opened).toEqual([text]);
        expect(await dom0.rules('work')).toBe(
            '# what work is for\n^a\\.test$\n(^|\\.)c\\.test$\n# more\n',
        );
        expect(filter.applied.at(-1)?.clients[0]?.filter?.rules).toBe(2);
        expect((await dom0.cli('history', 'work')).out).toMatch(
            /^2 .* user {5}edit\n/,
        );
    });

    test('hands out a private file that ends as the rule file does, and takes it away', async () => {
        const editor = fakeEditor([(old) => `${old}# more\n`]);
        const { dom0 } = await dom0With(editor);
        await dom0.cli('edit', 'work');
        expect(editor.path).toMatch(/\/work\.rules$/);
        expect(editor.modes).toBe('600 700');
        expect(editor.isKept()).toBe(false);
    });

    test('that takes rules out ends connections, or lets them go on with --drain', async () => {
        for (const [drain, said] of [
            [[], 'sys-filter: in force; 2 open connections of work were ended'],
            [['--drain'], 'work: what it had open before may go on by the old'],
        ] as const) {
            const { dom0 } = await dom0With(fakeEditor([() => '^a\\.test$\n']));
            await dom0.cli('update');
            const { out } = await dom0.cli('work', 'edit', ...drain);
            expect(out).toContain(said);
        }
    });

    test('shows all errors with their places, and has them edited again', async () => {
        const editor = fakeEditor(
            [
                () => '(\n^a\\.test$\n!x\n',
                (old) => old.replace(/[(!].*\n/g, ''),
            ],
            ['what?', 'e'],
        );
        const { dom0 } = await dom0With(editor);
        const result = await dom0.cli('edit', 'work');
        expect(editor.asked[0]).toContain(
            `${editor.path}:1: this "(" has no ")"`,
        );
        expect(editor.asked[0]).toContain('work.rules:3: ');
        const question = 'e: edit again, x: leave all as it was? ';
        expect(editor.asked[0]?.endsWith(`\n${question}`)).toBe(true);
        expect(editor.asked[1]).toBe(question);
        expect(editor.opened[1]).toBe('(\n^a\\.test$\n!x\n');
        expect(result.exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('says of what was saved how to mend it there', async () => {
        for (const [saved, mend] of [
            ['^a\\.test$\r\n', "sed -i 's/\\r$//'"],
            ['\ufeff^a\\.test$\n', "sed -i '1s/^\\xef\\xbb\\xbf//'"],
        ] as const) {
            const editor = fakeEditor([() => saved], ['x']);
            const { dom0 } = await dom0With(editor);
            await dom0.cli('edit', 'work');
            expect(editor.asked[0]).toContain(`: ${mend} ${editor.path}\n`);
            expect(editor.asked[0]).not.toContain('/etc/qubes');
        }
    });

    test('takes the include of a set for an error that is not there', async () => {
        const editor = fakeEditor(
            [() => '!include x\n', (old) => `# none\n${old}`],
            ['e', 'x'],
        );
        const { dom0 } = await dom0With(editor);
        const { out } = await dom0.cli('edit', 'work');
        expect(out).toBe('work: left as it was\n');
        expect(editor.asked[0]).toContain(
            `${editor.path}:1: there is no set 'x' (sets/x.rules)\n`,
        );
    });

    test.each(['x', null])(
        'leaves all as it was if the user wants, or is gone: %j',
        async (answer) => {
            const editor = fakeEditor([() => '(\n'], [answer]);
            const { dom0, filter } = await dom0With(editor);
            expect(await dom0.cli('edit', 'work')).toEqual({
                exitCode: 0,
                out: 'work: left as it was\n',
                err: '',
            });
            expect(await dom0.rules('work')).toBe(text);
            expect(filter.applied).toEqual([]);
            expect(editor.isKept()).toBe(false);
        },
    );

    test('of which nothing was saved does nothing', async () => {
        const editor = fakeEditor([(old) => old]);
        const { dom0, filter } = await dom0With(editor);
        expect((await dom0.cli('edit', 'work')).out).toBe('work: unchanged\n');
        expect(filter.applied).toEqual([]);
    });

    test('says of a block list that it is one, and what a rule that goes opens', async () => {
        const editor = fakeEditor([
            () => '!default allow\n^ads\\.test$\n',
            () => '!default allow\n',
        ]);
        const { dom0 } = await dom0With(editor);
        dom0.qubes = exampleWith({ name: 'work', netvm: null });
        const first = await dom0.cli('edit', 'work');
        expect(first.out).toContain(
            '    + ^ads\\.test$\n          The host ads.test and no other.\nwork: all hosts but those of 1 rule\n',
        );
        // Nobody serves it, so what was opened is not in force.
        expect(first.exitCode).toBe(1);
        const { exitCode, out } = await dom0.cli('edit', 'work');
        expect([exitCode, out]).toEqual([
            1,
            'work: changed\n    - ^ads\\.test$\nwork: all hosts, no rules\n',
        ]);
    });

    test('mends a file that has errors', async () => {
        const editor = fakeEditor([(old) => old.replace('(\n', '')]);
        const { dom0 } = await dom0With(editor, {
            rules: { work: '^a\\.test$\n(\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const result = await dom0.cli('edit', 'work');
        expect(result.out).toContain('work: changed\n    - (\nsys-filter: in');
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('loses neither what another wrote meanwhile nor what its user wrote', async () => {
        const editor = fakeEditor([
            async (old) => {
                await dom0.cli('allow', 'work', 'other.test');
                return `${old}^mine\\.test$\n`;
            },
        ]);
        const { dom0 } = await dom0With(editor);
        const result = await dom0.cli('edit', 'work');
        expect([result.exitCode, result.out]).toEqual([1, '']);
        expect(result.err).toBe(
            [
                "qvm-filterproxy: error: nothing was changed: work's rules were changed by somebody else meanwhile",
                '    to see how: qvm-filterproxy history work',
                `    what you wrote is kept in ${editor.path}`,
                '',
            ].join('\n'),
        );
        expect(editor.isKept()).toBe(true);
        expect(await dom0.rules('work')).toBe(`${text}^other\\.test$\n`);
    });

    test('keeps what was written if it cannot be stored', async () => {
        const editor = fakeEditor([(old) => `${old}# more\n`]);
        const { dom0 } = await dom0With(editor);
        const { history } = dom0.deps;
        const fail = () => Promise.reject(new Failure('no room'));
        Object.assign(dom0.deps, { history: { ...history, write: fail } });
        expect((await dom0.cli('edit', 'work')).err).toBe(
            `qvm-filterproxy: error: /etc/qubes/filterproxy/qubes/work.rules was not changed: no room\n    what you wrote is kept in ${editor.path}\n`,
        );
        expect(await dom0.rules('work')).toBe(text);
    });

    test('changes nothing if the editor fails', async () => {
        const editor = fakeEditor([() => new Failure('the editor failed')]);
        const { dom0 } = await dom0With(editor);
        const result = await dom0.cli('edit', 'work');
        expect([result.exitCode, result.out]).toEqual([1, '']);
        expect(result.err).toBe(
            'qvm-filterproxy: error: nothing was changed: the editor failed\n',
        );
        expect(editor.isKept()).toBe(false);
    });

    test.each([
        ['nothing', rm],
        [
            'a directory',
            async (path: string) => {
                await rm(path);
                await mkdir(path);
            },
        ],
    ])(
        'changes nothing if the editor leaves %s in place of the file',
        async (_, spoil) => {
            const editor = fakeEditor([]);
            const edit = async (path: string) => {
                editor.path = path;
                await spoil(path);
            };
            const { dom0 } = await dom0With({ ...editor, edit });
            expect(await dom0.cli('edit', 'work')).toEqual({
                exitCode: 1,
                out: '',
                err: `qvm-filterproxy: error: nothing was changed: the editor left no file ${editor.path}\n`,
            });
            expect(editor.isKept()).toBe(false);
            expect(existsSync(dirname(editor.path))).toBe(false);
            expect(await dom0.rules('work')).toBe(text);
        },
    );

    test('for a qube without rules begins with nothing, also if an earlier one of its name had some', async () => {
        const editor = fakeEditor([() => '^v\\.test$\n', () => '^w\\.test$\n']);
        const { dom0 } = await dom0With(editor, {
            rules: { work: text },
            owners: { work: uuidOf('older') },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('edit', 'banking');
        const result = await dom0.cli('edit', 'work');
        expect(editor.opened).toEqual(['', '']);
        expect(result.out).toContain('work: the rule file of an earlier qube');
        expect(await dom0.rules('work')).toBe('^w\\.test$\n');
    });

    test('without a terminal says what to use instead', async () => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        expect(await dom0.cli('edit', 'work')).toEqual({
            exitCode: 1,
            out: '',
            err: [
                'qvm-filterproxy: error: nothing was changed: edit is for a terminal',
                '    without one: qvm-filterproxy allow, qvm-filterproxy remove',
                '    or change the file itself: /etc/qubes/filterproxy/qubes/work.rules',
                '',
            ].join('\n'),
        });
    });

    test('refuses a file that others may write', async () => {
        const { dom0 } = await dom0With(fakeEditor([]));
        await chmod(dom0.config('qubes/work.rules'), 0o666);
        expect((await dom0.cli('edit', 'work')).err).toContain(
            'nothing was changed, mend this first:\n/etc/qubes/filterproxy/qubes/work.rules: others may write it',
        );
    });

    test('with --dry-run shows what it would do', async () => {
        const editor = fakeEditor([(old) => `${old}^c\\.test$\n`]);
        const { dom0, filter } = await dom0With(editor);
        expect((await dom0.cli('edit', 'work', '--dry-run')).out).toContain(
            'work: would be changed\n    + ^c\\.test$\n          The host c.test and no other.\nsys-filter would:\n',
        );
        expect(await dom0.rules('work')).toBe(text);
        expect(filter.applied).toEqual([]);
    });

    test('with --json prints an object for programs', async () => {
        const editor = fakeEditor([
            (old) => `${old}^c\\.test$\n`,
            (old) => old,
        ]);
        const { dom0 } = await dom0With(editor);
        const { out } = await dom0.cli('edit', 'work', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'edit',
            qube: 'work',
            changed: true,
            removed: [],
            added: ['^c\\.test$'],
        });
        const again = await dom0.cli('edit', 'work', '--json');
        expect(JSON.parse(again.out)).toEqual({
            version: 1,
            command: 'edit',
            qube: 'work',
            file: 'qubes/work.rules',
            dryRun: false,
            changed: false,
        });
    });
});

describe('the editor', () => {
    const before = { ...process.env };

    afterEach(() => {
        process.env = { ...before };
    });

    test.each([
        [{ VISUAL: 'a', EDITOR: 'b' }, 'a'],
        [{ VISUAL: '', EDITOR: 'b --wait' }, 'b --wait'],
    ])('is that of %j', async (env, command) => {
        expect(await editorCommand(env)).toBe(command);
    });

    test('is else vi or nano, whichever is there', async () => {
        const draft = await terminalEditor.draft('nano', Buffer.from(''));
        const directory = draft.path.replace(/\/nano$/, '');
        const env = { PATH: `/nosuch:${directory}` };
        await expect(editorCommand(env)).rejects.toThrow(
            /neither vi nor nano; say in EDITOR/,
        );
        await chmod(draft.path, 0o700);
        expect(await editorCommand(env)).toBe('nano');
        await writeFile(`${directory}/vi`, '', { mode: 0o700 });
        expect(await editorCommand(env)).toBe('vi');
        await draft.discard();
    });

    test('is run with its options on the file, and its failure is one', async () => {
        const draft = await terminalEditor.draft('a b.rules', Buffer.from('x'));
        process.env['VISUAL'] = "sed -i 's/x/y z/'";
        await terminalEditor.edit(draft.path);
        expect(String(await draft.read())).toBe('y z');
        process.env['VISUAL'] = 'false';
        await expect(terminalEditor.edit(draft.path)).rejects.toThrow(
            'the editor, false, failed: exit code 1',
        );
        await draft.discard();
    });
});
