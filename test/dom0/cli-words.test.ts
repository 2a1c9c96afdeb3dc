// The words of a command line: typing errors, orders, help.
import { describe, expect, test } from 'vitest';
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

describe('help', () => {
    test.each(['allow', 'remove', 'list', 'show', 'update', 'lock', 'unlock'])(
        'of %s is the same in both ways, with the options of all',
        async (command) => {
            const dom0 = await fakeDom0();
            const result = await dom0.cli('help', command);
            expect(result).toEqual(await dom0.cli(command, '--help'));
            for (const option of ['--json', '-q, --quiet', '-v, --verbose']) {
                expect(result.out).toContain(option);
            }
        },
    );

    test('alone is that of the program', async () => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli('help');
        expect(result.exitCode).toBe(0);
        expect(result.out).toBe((await dom0.cli('--help')).out);
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
