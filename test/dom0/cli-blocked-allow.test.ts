// `blocked --allow`: from a list of refused hosts to rules.
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Choice } from '../../dom0/pick.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { fakeEditor } from './fake-editor.ts';
import { disposable, exampleWith } from './fake-qubes.ts';
import { type FakeClient, tellingAgent } from './fake-requests.ts';

const rules = { work: '^allowed\\.test$\n', banking: '^b\\.test$\n' };

const clients: readonly FakeClient[] = [
    {
        name: 'work',
        entries: [
            { host: 'old.test', lastAgo: 7200, firstAgo: 7200 },
            { host: 'new.test', count: 12 },
            { host: 'allowed.test' },
            { host: 'new.test', port: 8443, outcome: 'port' },
            { host: '10.0.0.1', outcome: 'destination' },
            { host: '10.0.0.2' },
            { host: 'dot.test.' },
            { host: 'xn--80ak6aa92e.test', lastAgo: 30 },
            { host: '.all.test' },
        ],
    },
    { name: 'banking', entries: [{ host: 'c.test', lastAgo: 1 }] },
];

/** A user who picks those by their labels, and gives those answers. */
async function user(
    picks: readonly string[] | null,
    answers: readonly (string | null)[],
    options: FakeDom0Options = {},
) {
    const shown: Choice[] = [];
    const editor = fakeEditor([], answers);
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': tellingAgent(clients) },
        editor,
        pick: async (_, choices) => {
            shown.push(...choices);
            return (
                picks &&
                choices.flatMap(({ label }, at) =>
                    picks.includes(label) ? [at] : [],
                )
            );
        },
        ...options,
    });
    return { dom0, shown, asked: editor.asked };
}

describe('blocked --allow', () => {
    test('offers just what a rule lets through, the newest first', async () => {
        const { dom0, shown } = await user([], []);
        const { out } = await dom0.cli('blocked', '--allow');
        expect(shown).toEqual([
            { label: 'banking  c.test', hint: '1 time, last 2026-11-24 11:59' },
            {
                label: 'work  xn--80ak6aa92e.test',
                hint: '1 time, last 2026-11-24 11:59',
            },
            {
                label: 'work  new.test',
                hint: '12 times, last 2026-11-24 11:59',
            },
            { label: 'work  old.test', hint: '1 time, last 2026-11-24 10:00' },
        ]);
        expect(out).toBe('nothing was changed\n');
    });

    test('shows each rule, asks once, and stores them', async () => {
        const { dom0, asked } = await user(
            ['work  new.test', 'work  old.test', 'banking  c.test'],
            ['y'],
        );
        const result = await dom0.cli('blocked', '--allow');
        expect(asked).toHaveLength(1);
        expect(asked[0]).toContain(
            'work: ^new\\.test$ would be added\n' +
                '    The host new.test and no other.\n',
        );
        expect(asked[0]).toContain('work: ^old\\.test$ would be added\n');
        expect(asked[0]).toContain('banking: ^c\\.test$ would be added\n');
        expect(asked[0]).toMatch(/\nAdd these rules\? \[y\/N\] $/);
        expect(result).toMatchObject({ exitCode: 0, err: '' });
        expect(result.out).toContain('work: ^new\\.test$ added\n');
        expect(await dom0.rules('work')).toBe(
            '^allowed\\.test$\n^new\\.test$\n^old\\.test$\n',
        );
        expect(await dom0.rules('banking')).toBe('^b\\.test$\n^c\\.test$\n');
    });

    test('makes one change of each qube', async () => {
        const { dom0 } = await user(
            ['work  new.test', 'work  old.test', 'banking  c.test'],
            ['yes'],
        );
        await dom0.cli('blocked', '--allow');
        const { out } = await dom0.cli('history', '--json');
        const { changes } = JSON.parse(out);
        expect(
            changes
                .filter(({ command }: { command: string }) => command)
                .map(({ qube, command }: Record<string, string>) => [
                    qube,
                    command,
                ]),
        ).toEqual(
            expect.arrayContaining([
                ['work', 'allow'],
                ['banking', 'allow'],
            ]),
        );
        expect(changes).toHaveLength(4);
    });

    describe('tells what it changed, also when another change fails since', () => {
        /** Until the user agrees, that happens; it does not keep the other. */
        async function agreeAfter(
            happens: (dom0: FakeDom0) => void | Promise<void>,
        ) {
            const picked = await user(
                ['work  new.test', 'banking  c.test'],
                [],
                {
                    editor: {
                        ...fakeEditor([]),
                        ask: async () => {
                            await happens(picked.dom0);
                            return 'y';
                        },
                    },
                },
            );
            const result = await picked.dom0.cli('blocked', '--allow');
            expect(result.exitCode).toBe(1);
            expect(result.out).toMatch(/^banking: \^c\\\.test\$ added$/m);
            expect(await picked.dom0.rules('banking')).toMatch('c\\.test');
            return result;
        }

        test('a rule file broke', async () => {
            const { err } = await agreeAfter((dom0) =>
                writeFile(dom0.config('qubes/work.rules'), '(\n'),
            );
            expect(err).toMatch('nothing was changed, mend this first:');
            expect(err).toMatch('qubes/work.rules:1:');
        });

        test('a qube was removed', async () => {
            const { err } = await agreeAfter((dom0) => {
                dom0.qubes = dom0.qubes.filter(({ name }) => name !== 'work');
            });
            expect(err).toBe("no such qube: 'work'\n");
        });

        test('a file cannot be written', async () => {
            const { err } = await agreeAfter(({ deps }) => {
                const { writeFile: write } = deps.rules;
                Object.assign(deps.rules, {
                    writeFile: (...args: Parameters<typeof write>) =>
                        args[0] === 'qubes/work.rules'
                            ? writeFile('/nowhere/work.rules', '')
                            : write(...args),
                });
            });
            expect(err).toMatch(/ENOENT.*work\.rules/);
        });
    });

    test.each([['n'], [''], [null], ['yup'], ['\u001b[A']])(
        'changes nothing after %j',
        async (answer) => {
            const { dom0 } = await user(['work  new.test'], [answer]);
            const { out, exitCode } = await dom0.cli('blocked', '--allow');
            expect(out).toBe('nothing was changed\n');
            expect(exitCode).toBe(0);
            expect(await dom0.rules('work')).toBe(rules.work);
        },
    );

    test('changes nothing when the user leaves the list', async () => {
        const { dom0 } = await user(null, []);
        const { out } = await dom0.cli('blocked', 'work', '--allow');
        expect(out).toBe('nothing was changed\n');
    });

    test('with --dry-run asks no more, and changes nothing', async () => {
        const { dom0 } = await user(['work  new.test'], []);
        const { out } = await dom0.cli('blocked', '--allow', '--dry-run');
        expect(out).toContain('work: ^new\\.test$ would be added\n');
        expect(await dom0.rules('work')).toBe(rules.work);
    });

    test('hands --expire and --comment on', async () => {
        const { dom0 } = await user(['work  new.test'], ['y']);
        const args = ['--expire', '2h', '--comment', 'a try'];
        await dom0.cli('blocked', '--allow', ...args);
        const noon = Date.UTC(2026, 10, 24, 12) / 1000;
        expect(await dom0.rules('work')).toContain(
            `^new\\.test$ expire=${noon + 7200} comment=a try\n`,
        );
    });

    test('hands --until-shutdown on', async () => {
        const { dom0 } = await user(['work  new.test'], ['y']);
        await dom0.cli('blocked', '--allow', '--until-shutdown');
        expect(await dom0.rules('work')).toMatch(
            /\^new\\\.test\$ until-shutdown=[0-9a-f]{8}\.5\n/,
        );
    });

    test('as JSON tells what "allow" tells', async () => {
        const { dom0 } = await user(['work  new.test'], ['y']);
        const { out } = await dom0.cli('blocked', '--allow', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'blocked',
            dryRun: false,
            allowed: [
                {
                    command: 'allow',
                    qube: 'work',
                    rules: [{ typed: 'new.test', added: true }],
                },
            ],
        });
    });

    test('says so when no rule would help', async () => {
        const entries = [
            { host: 'a.test', port: 81, outcome: 'port' as const },
        ];
        const { dom0 } = await user([], [], {
            agents: {
                'sys-filter': tellingAgent([{ name: 'work', entries }]),
            },
        });
        const { out, exitCode } = await dom0.cli('blocked', 'work', '--allow');
        expect(out).toBe('nothing was refused that a rule would allow\n');
        expect(exitCode).toBe(0);
    });

    test('without a terminal says what to type', async () => {
        const dom0 = await fakeDom0({ rules });
        const result = await dom0.cli('blocked', 'work', '--allow');
        expect(result).toEqual({
            exitCode: 1,
            out: '',
            err:
                'qvm-filterproxy: error: nothing was changed: --allow is for ' +
                'a terminal\n' +
                '    without one: qvm-filterproxy allow QUBE HOST\n',
        });
    });

    test('offers nothing where the rules have an error', async () => {
        const { dom0 } = await user(['banking  c.test'], ['y'], {
            rules: { ...rules, banking: '^b\\.test$\n(\n' },
        });
        const { out, exitCode } = await dom0.cli('blocked', '--allow');
        expect(exitCode).toBe(0);
        expect(out).toBe('nothing was changed\n');
        expect(await dom0.rules('banking')).toBe('^b\\.test$\n(\n');
    });

    describe('of a disposable', () => {
        const told = [{ name: disposable.name, entries: [{ host: 'd.test' }] }];
        const options = {
            qubes: exampleWith(disposable),
            rules: { 'work-dvm': '^x\\.test$\n' },
            agents: {
                'sys-filter': tellingAgent(told),
                'sys-firewall': obedientAgent().agent,
            },
        };

        test('takes no rule for all without being told', async () => {
            const { dom0 } = await user(['disp12  d.test'], ['y'], options);
            const { out, err } = await dom0.cli('blocked', 'disp12', '--allow');
            expect(out).toBe('nothing was refused that a rule would allow\n');
            expect(err).toBe(
                'disp12: it has the rules of work-dvm, as all disposables of ' +
                    'that have; to change them add --template\n',
            );
        });

        test.each(['--template', '--until-shutdown'])(
            'takes it with %s',
            async (flag) => {
                const { dom0 } = await user(['disp12  d.test'], ['y'], options);
                const { exitCode } = await dom0.cli(
                    ...['blocked', 'disp12', '--allow', flag],
                );
                expect(exitCode).toBe(0);
                expect(await dom0.rules('work-dvm')).toMatch(/^\^d\\\.test\$/m);
            },
        );
    });
});
