// `blocked` at a real terminal, typed at with keys.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
    dom0WithWork,
    onTerminal,
    output,
    scratch,
    withProgram,
} from './terminal/on-terminal.ts';

withProgram();

const keys = { down: '\u001b[B', up: '\u001b[A', enter: '\r', end: '\u0003' };

/** SIGHUP, as whatever else runs at a terminal ends with it. */
const hangUp = 1;

/** Without colours and movements of the cursor. */
function plain(text: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are they
    return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

describe('blocked --allow at a terminal', () => {
    test('adds what was chosen with the arrow keys and the space bar', async () => {
        const { dom0, command } = await dom0WithWork();
        const { printed, exitCode } = await onTerminal(
            command('blocked', 'work', '--allow'),
            [
                ['older.test', ' '],
                ['newer.test', `${keys.down}${keys.down} `],
                ['older.test', keys.enter],
                ['[y/N]', 'y\r'],
            ],
        );
        expect(exitCode).toBe(0);
        expect(plain(printed)).toContain('work: ^newer\\.test$ would be added');
        expect(plain(printed)).toContain('work: ^older\\.test$ added');
        expect(await dom0.rules('work')).toBe(
            '^a\\.test$\n^newer\\.test$\n^older\\.test$\n',
        );
    });

    test('shows punycode as it is', async () => {
        const { command } = await dom0WithWork();
        const { printed } = await onTerminal(
            command('blocked', 'work', '--allow'),
            [['older.test', keys.end]],
        );
        expect(plain(printed)).toContain('work  xn--80ak6aa92e.test');
    });

    test.each([
        ['^C in the list', [['older.test', keys.end]]],
        ['escape in the list', [['older.test', '\u001b']]],
        ['nothing chosen', [['older.test', keys.enter]]],
        [
            '^C at the question',
            [
                ['older.test', ' '],
                ['newer.test', keys.enter],
                ['[y/N]', keys.end],
            ],
        ],
        [
            'no',
            [
                ['older.test', ' '],
                ['newer.test', keys.enter],
                ['[y/N]', 'n\r'],
            ],
        ],
    ] as const)(
        'changes nothing after %s, and leaves the cursor on',
        async (_, steps) => {
            const { dom0, command } = await dom0WithWork();
            const { printed, exitCode } = await onTerminal(
                command('blocked', 'work', '--allow'),
                steps,
            );
            expect(exitCode).toBe(0);
            expect(plain(printed)).toContain('nothing was changed');
            expect(await dom0.rules('work')).toBe('^a\\.test$\n');
            const [on, off] = ['\u001b[?25h', '\u001b[?25l'];
            expect(printed.lastIndexOf(on)).toBeGreaterThan(
                printed.lastIndexOf(off),
            );
        },
    );

    test('ends when the terminal is closed', async () => {
        const { dom0, command } = await dom0WithWork();
        const { exitCode } = await onTerminal(
            command('blocked', 'work', '--allow'),
            [['older.test', null]],
        );
        expect(exitCode).toBe(-hangUp);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });
});

describe('allow at a terminal', () => {
    const interrupt = 2;

    test('says on ^C while it is told what is stored, and ends by that', async () => {
        const { dom0, command } = await dom0WithWork();
        const { printed, exitCode } = await onTerminal(
            ['env', 'AGENT=hangs', ...command('allow', 'work', 'b.test')],
            [['it is told', keys.end]],
        );
        expect(exitCode).toBe(-interrupt);
        expect(plain(printed)).toMatch(
            /\ninterrupted: what was stored stays stored, but it is not known yet whether it is in force in sys-filter; qubes-filterproxyd goes on with that, to see it: qvm-filterproxy show\r\n$/,
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n^b\\.test$\n');
    });
});

describe('blocked --follow', () => {
    test('at a terminal ends cleanly on ^C', async () => {
        const { command } = await dom0WithWork();
        const { printed, exitCode } = await onTerminal(
            command('blocked', '--follow'),
            [['(3 times)', keys.end]],
        );
        expect(exitCode).toBe(0);
        expect(printed).not.toMatch(/error|at .*:\d+/i);
    });

    test('ends when the terminal is closed', async () => {
        const { command } = await dom0WithWork();
        const { exitCode } = await onTerminal(command('blocked', '--follow'), [
            ['(3 times)', null],
        ]);
        expect(exitCode).toBe(-hangUp);
    });

    test('ends cleanly when its reader has seen enough', async () => {
        const { command } = await dom0WithWork();
        const said = join(scratch(), 'said');
        const script = `"$@" --follow 2>"${said}" | head -n 2; echo end \${PIPESTATUS[0]}`;
        const words = ['-c', script, 'bash', ...command('blocked')];
        const { out } = await output('bash', words, '');
        expect(out.split('\n')).toHaveLength(4);
        expect(out).toMatch(/again\.test.*\n.*again\.test.*\nend 0\n$/);
        expect(await readFile(said, 'utf8')).toBe('');
    });
});
