// `watch` at a real terminal, typed at with keys.
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { drawnOn, emptyScreen } from './terminal/drawn.ts';
import {
    dom0WithWork,
    onTerminal,
    output,
    type Seen,
    type Step,
    withProgram,
} from './terminal/on-terminal.ts';

withProgram();

const ends = { hangUp: 1, interrupt: 2, terminate: 15 };
const keys = { down: '\u001b[B', escape: '\u001b', enter: '\r', end: '\u0003' };

const take = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const giveBack = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';

async function watch(
    steps: readonly Step[],
    {
        size = { columns: 80, rows: 24 },
        env = [],
        words = ['watch'],
    }: {
        size?: { columns: number; rows: number };
        env?: readonly string[];
        words?: readonly string[];
    } = {},
) {
    const { dom0, command } = await dom0WithWork();
    const line = ['env', ...env, ...command(...words)];
    return { dom0, ...(await onTerminal(line, steps, size)) };
}

/** The last screen before the terminal was given back. */
function lastScreen({ printed }: Seen, size = { columns: 80, rows: 24 }) {
    const screen = emptyScreen(size);
    const [, whole = ''] = printed.split(take);
    const [drawn = ''] = whole.split(giveBack);
    drawnOn(screen, drawn);
    return screen.lines;
}

function expectGivenBack({ printed, isRestored }: Seen): void {
    expect(printed.startsWith(take)).toBe(true);
    expect(printed.split(take)).toHaveLength(2);
    expect(printed.split(giveBack)).toHaveLength(2);
    expect(isRestored).toBe(true);
}

describe('watch', () => {
    test.each([
        ['q', 'q'],
        ['^C', keys.end],
        ['SIGINT', ends.interrupt],
        ['SIGTERM', ends.terminate],
        ['SIGHUP', ends.hangUp],
    ])('gives the terminal back on %s', async (_, end) => {
        const seen = await watch([['again.test', end]]);
        expectGivenBack(seen);
        // Nothing more, but for the progress of what takes long.
        const [, after = ''] = seen.printed.split(giveBack);
        expect(after.split('\n')).toHaveLength(1);
        expect(['', '\r\u001b[K']).toContain(after.slice(0, 4));
        expect([0, -ends.hangUp]).toContain(seen.exitCode);
    });

    test('ends when the terminal is closed', async () => {
        const { exitCode } = await watch([['again.test', null]]);
        expect(exitCode).toBe(-ends.hangUp);
    });

    test('gives the terminal back before it says that it has failed', async () => {
        const seen = await watch([['newer.test', 'p']], {
            env: ['STREAM=broken'],
        });
        expectGivenBack(seen);
        expect(seen.printed.split(giveBack)[1]).toContain('our own mistake');
        expect(seen.exitCode).toBe(1);
    });

    test.each([
        [80, 24],
        [200, 50],
    ])('fills %i columns and %i rows', async (columns, rows) => {
        const size = { columns, rows };
        const seen = await watch([['again.test', 'q']], { size });
        const lines = lastScreen(seen, size);
        expect(lines[0]).toContain('qvm-filterproxy watch | all qubes');
        expect(lines[2]).toMatch(/^> [\d:]{8} {2}work .* needs a rule/);
        expect(lines[rows - 1]).toContain('q quit');
    });

    test('draws all anew when it is resized', async () => {
        const seen = await watch([
            ['again.test', [120, 40]],
            ['q quit', 'q'],
        ]);
        const size = { columns: 120, rows: 40 };
        expect(lastScreen(seen, size)[39]).toContain('q quit');
        expectGivenBack(seen);
    });

    test('adds a rule for a time after it was shown, and says what came of it', async () => {
        const { dom0, ...seen } = await watch([
            ['again.test', 'a'],
            ['Enter adds', 'g'],
            ['for good', keys.enter],
            ['in force', 'x'],
            ['allowed now', 'q'],
        ]);
        expectGivenBack(seen);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n^again\\.test$\n');
        expect((await dom0.cli('history')).out).toContain('allow');
    });

    test('writes no file with --refused by being looked at', async () => {
        const { dom0 } = await watch([['again.test', 'q']], {
            words: ['watch', '--refused'],
        });
        expect(await readdir(`${dom0.root}/run/qubes/filterproxy`)).toEqual([]);
        expect((await dom0.cli('history')).out).not.toContain('allow');
    });

    test('changes nothing after escape', async () => {
        const { dom0 } = await watch([
            ['again.test', 'a'],
            ['Enter adds', keys.escape],
            ['a allow', 'q'],
        ]);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('goes on when a ProxyVM goes and comes back, and shows that', async () => {
        const seen = await watch(
            [
                ['waiting for it', ''],
                ['call2.test', 'q'],
            ],
            { env: ['STREAM=comesBack'] },
        );
        const text = lastScreen(seen).join('\n');
        expect(text).toContain('call1.test:443');
        expect(text).not.toContain('waiting for it');
    });

    test('draws at most some ten times a second, and only what has changed', async () => {
        const seen = await watch([
            ...Array<Step>(12).fill(['again.test', '']),
            ['again.test', 'q'],
        ]);
        const row = /work +(\d+) {2}needs a rule/g;
        const counts = [...seen.printed.matchAll(row)].map(([, count]) =>
            Number(count),
        );
        expect(counts.length).toBeGreaterThan(10);
        // It is told of some fifty a second.
        expect(counts.at(-1)).toBeGreaterThan(3 * counts.length);
        expect(seen.printed.split('q quit')).toHaveLength(2);
    });

    test('has no colours with NO_COLOR', async () => {
        const end: Step[] = [['again.test', 'q']];
        const { printed } = await watch(end, { env: ['NO_COLOR=1'] });
        expect(printed).not.toContain('\u001b[7m');
        expect((await watch(end)).printed).toContain('\u001b[7m');
    });

    test('refuses a terminal that cannot do it', async () => {
        const seen = await watch([['blocked --follow', '']], {
            env: ['TERM=dumb'],
        });
        expect(seen.printed).toBe(
            "qvm-filterproxy: error: a terminal of kind 'dumb' (TERM) is not " +
                'enough; to print what is refused line by line: ' +
                'qvm-filterproxy blocked --follow\r\n',
        );
        expect(seen.exitCode).toBe(1);
    });

    test('refuses to write to what is no terminal', async () => {
        const { command } = await dom0WithWork();
        const [file = '', ...words] = command('watch');
        const { out, err } = await output(file, words, '');
        expect(out).toBe('');
        expect(err).toContain('it needs a terminal');
    });
});
