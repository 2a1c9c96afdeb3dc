// The words of a command line: typing errors, orders, help.
import { describe, expect, test } from 'vitest';
import { arrange } from '../../dom0/cli/arrange.ts';
import { commandTable } from '../../dom0/cli/command-table.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

describe('a word that is not understood', () => {
    test.each([
        [['alow'], "no such command or qube: 'alow'; did you mean allow?"],
        [['nosuch'], "no such command or qube: 'nosuch'"],
        [
            ['alow', 'work', 'x'],
            "no such command or qube: 'alow'; did you mean allow?",
        ],
        [
            ['work', 'alow', 'x'],
            "no such command for work: 'alow'; did you mean allow?",
        ],
        [['work', 'vault'], "no such command for work: 'vault'"],
        [['help', 'foo'], "no such command: 'foo'"],
        [['help', 'lokc'], "no such command: 'lokc'; did you mean lock?"],
        [['-q', 'help', 'x\x1b[2J'], "no such command: 'x_[2J'"],
        [['\x1b[2J', 'x'], "no such command or qube: '_[2J'"],
    ])('is named: %j', async (args, said) => {
        const dom0 = await fakeDom0();
        expect(await dom0.cli(...args)).toEqual({
            exitCode: 2,
            out: '',
            err: `usage: qvm-filterproxy [options] [command]\nqvm-filterproxy: error: ${said}\n`,
        });
    });
});

describe('a qube that is not there', () => {
    test.each([
        ['wrok', '; did you mean work?'],
        ['work-dv', '; did you mean work-dvm?'],
        ['sys-fliter', '; did you mean sys-filter?'],
        ['x', ''],
        ['wo', ''],
        ['nosuch', ''],
    ])('is told with the nearest one: %s', async (name, hint) => {
        const dom0 = await fakeDom0();
        const { err, exitCode } = await dom0.cli('allow', name, 'x.test');
        expect(exitCode).toBe(2);
        expect(err).toContain(`error: no such qube: '${name}'${hint}\n`);
    });
});

describe('help', () => {
    test.each(commandTable.map(({ usage }) => usage.replace(/ .*/, '')))(
        'of %s is the same in both ways, with the options of all',
        async (command) => {
            const dom0 = await fakeDom0();
            const result = await dom0.cli('help', command);
            expect(result).toEqual(await dom0.cli(command, '--help'));
            for (const option of ['--json', '-q, --quiet', '-v, --verbose']) {
                expect(result.out).toContain(option);
            }
            expect(result.out).toMatch(/\nExamples?:\n {2}\w/);
            for (const line of result.out.split('\n')) {
                expect([line, line.length <= 90]).toEqual([line, true]);
            }
        },
    );

    test('alone is that of the program', async () => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli('help');
        expect(result.exitCode).toBe(0);
        expect(result.out).toBe((await dom0.cli('--help')).out);
    });

    test('of itself is that of the program', async () => {
        const dom0 = await fakeDom0();
        const own = await dom0.cli('help', 'help');
        expect(own).toEqual(await dom0.cli('help'));
    });

    test('before a command is that of the program, with all commands', async () => {
        const dom0 = await fakeDom0();
        const { out } = await dom0.cli('--help');
        expect((await dom0.cli('--help', 'allow')).out).toBe(out);
        for (const { usage } of commandTable) {
            expect(out).toContain(`\n  ${usage.replace(/ .*/, '')} `);
        }
    });

    test('of lock says how to let one more thing out', async () => {
        const dom0 = await fakeDom0();
        expect((await dom0.cli('help', 'lock')).out).toContain(
            'qvm-firewall work add --before 0 accept dsthost=',
        );
    });
});

test.each([
    [['--json', 'update']],
    [['update', '--json']],
    [['-v', '--json', 'update']],
])('options stand before or behind a command: %j', async (args) => {
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n' },
        agents: { 'sys-filter': obedientAgent().agent },
    });
    const { out, exitCode } = await dom0.cli(...args);
    expect(JSON.parse(out)).toMatchObject({ command: 'update' });
    expect(exitCode).toBe(0);
});

test('every command on qubes may stand behind one', () => {
    const names = commandTable.map(({ usage }) => usage.replace(/ .*/, ''));
    const onQubes = commandTable
        .filter(({ usage }) => /^\S+ \S*QUBE/.test(usage))
        .map(({ usage }) => usage.replace(/ .*/, ''));
    expect(onQubes).toContain('doctor');
    for (const command of onQubes) {
        expect(arrange(['work', command], new Set(names))).toEqual({
            kind: 'command',
            args: [command, 'work'],
        });
    }
});

describe.each(['start', 'stop', 'restart', 'lock', 'unlock'])(
    'the qubes of %s',
    (command) => {
        test.each([
            [[], 'one of the arguments --all QUBE is required'],
            [
                ['work', '--all'],
                'argument QUBE: not allowed with argument --all',
            ],
            [
                ['work', '--exclude', 'banking'],
                '--exclude can only be used with --all',
            ],
            [['nosuch'], "no such qube: 'nosuch'"],
            [['--all', '--exclude', 'nosuch'], "no such qube: 'nosuch'"],
        ])('are refused as %j', async (args, said) => {
            const dom0 = await fakeDom0({ rules: { work: '^a\\.test$\n' } });
            const { exitCode, out, err } = await dom0.cli(command, ...args);
            expect([exitCode, out]).toEqual([2, '']);
            expect(err).toContain(`qvm-filterproxy: error: ${said}\n`);
            expect(err).toContain(`usage: qvm-filterproxy ${command} `);
        });

        test('may stand before it', async () => {
            const dom0 = await fakeDom0({
                rules: { work: '^a\\.test$\n' },
                agents: { 'sys-filter': obedientAgent().agent },
            });
            const one = ['--dry-run', '--json'];
            expect(await dom0.cli('work', command, ...one)).toEqual(
                await dom0.cli(command, 'work', ...one),
            );
        });

        test('are none if all are excluded', async () => {
            const dom0 = await fakeDom0({
                rules: { work: '^a\\.test$\n' },
                agents: { 'sys-filter': obedientAgent().agent },
            });
            const args = [command, '--all', '--exclude', 'work', '--dry-run'];
            const { out, exitCode } = await dom0.cli(...args);
            expect(out).toContain(
                command === 'start'
                    ? 'no qube was stopped\n'
                    : 'nothing to do: no qube with rules is left\n',
            );
            expect(exitCode).toBe(0);
        });
    },
);

test('lock --all leaves out what provides network, and says so', async () => {
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n', 'sys-filter': '^b\\.test$\n' },
        agents: { 'sys-filter': obedientAgent().agent },
    });
    const result = await dom0.cli('lock', '--all');
    expect(result.exitCode).toBe(0);
    expect(result.out).toContain(
        'not locked, as they provide network to others: sys-filter\n',
    );
    expect([...dom0.firewall.rules.keys()]).toEqual(['work']);
});

test('update --all leaves out the ProxyVMs of those excluded', async () => {
    const agent = obedientAgent();
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n', personal: '^b\\.test$\n' },
        agents: { 'sys-filter': agent.agent },
    });
    const args = ['update', '--all', '--exclude', 'personal'];
    expect(await dom0.cli(...args)).toEqual({
        exitCode: 0,
        out: 'sys-filter: in force\n',
        err: '',
    });
    expect((await dom0.cli('update', '--all')).exitCode).toBe(1);
    expect((await dom0.cli('update', 'work', '--all')).exitCode).toBe(2);
});
