// What `watch` shows, and what keys make of it, without a terminal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut, leastSize, pageOf } from '../../dom0/cli/watch/layout.ts';
import type { Line } from '../../dom0/cli/watch/line.ts';
import { offerFor, toArguments } from '../../dom0/cli/watch/offer.ts';
import { paint } from '../../dom0/cli/watch/paint.ts';
import { press } from '../../dom0/cli/watch/press.ts';
import {
    inOrder,
    mostQubes,
    mostRows,
    type Row,
    Rows,
    rowKey,
} from '../../dom0/cli/watch/rows.ts';
import type { Shown } from '../../dom0/cli/watch/shown.ts';
import { firstState, listed, type State } from '../../dom0/cli/watch/state.ts';
import { endOf, startOf, wrap } from '../../dom0/cli/watch/wrap.ts';
import { type Remedy, safeRuleFor } from '../../dom0/core/requests/remedy.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { narrow } from '../../shared/pattern/index.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import { nameOf } from './rules.ts';
import { drawnOn, emptyScreen } from './terminal/drawn.ts';

// Random, but the same each time.
fc.configureGlobal({ seed: 20261128 });

const now = new Date('2026-11-24T12:00:00Z');
const system = systemOf(exampleQubes);

const qubeNames = [...system.keys()];
const host = fc.oneof(
    fc.constantFrom('a.test', 'www.example.co.uk', '10.1.2.3', 'com', '::1'),
    fc.stringMatching(/^[a-z0-9._:-]{1,253}$/),
);
const row: fc.Arbitrary<Row> = fc.record({
    qube: fc.constantFrom(...qubeNames),
    host,
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    outcome: fc.constantFrom('allowed', 'filter', 'port', 'destination'),
    count: fc.nat(),
    first: fc.constant(now),
    last: fc
        .integer({ min: 0, max: 200_000 })
        .map((ago) => new Date(now.getTime() - ago * 1000)),
});
const rows = fc.uniqueArray(row, { selector: rowKey, maxLength: 60 });

const allKeys =
    'up down j k pageup pagedown home end a f r p space ? h d 1 s g return ' +
    'escape q x ctrl-l';
const keys = fc.array(fc.constantFrom(...allKeys.split(' ')), {
    maxLength: 12,
});

function remedyOf({ host, outcome }: Row): Remedy {
    const rule = safeRuleFor(host);
    if (outcome === 'port') {
        return { kind: 'port' };
    }
    return rule === null ? { kind: 'none' } : { kind: 'rule', rule };
}

function offer(row: Row) {
    const qube = system.get(row.qube);
    return qube === undefined ? null : offerFor(row, remedyOf(row), qube);
}

function afterKeys(typed: readonly string[], rows: readonly Row[], page = 19) {
    const seen = { rows, page, offerFor: offer };
    return typed.reduce<State>(
        (state, key) => press(state, key, seen).state,
        firstState,
    );
}

function shownWith(state: State, rows: readonly Row[]): Shown {
    const notices = ['sys-filter: it is halted; waiting for it'];
    const ownerOf = (name: QubeName) => name;
    const hasProxyvms = true;
    const named = null;
    return {
        state,
        named,
        rows,
        remedyOf,
        ownerOf,
        notices,
        hasProxyvms,
        now,
    };
}

/** Whatever a mistake of ours may let through. */
const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constant('\u001b]0;title\u0007\u009b31m\u202e\r\n'),
);

const size = fc.record({
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 60 }),
});

const textOf = (lines: readonly Line[]) => lines.map(({ text }) => text);

describe('a screen of watch', () => {
    test.each([
        [null, 'all qubes'],
        [['work'], 'only work'],
        [['work', 'banking'], 'only work and banking'],
        [['work', 'banking', 'personal'], '3 qubes'],
    ])('says whom it is about: %j', (names, said) => {
        const named = names?.map(nameOf) ?? null;
        const shown = { ...shownWith(firstState, []), named };
        const [title] = textOf(layOut(shown, { columns: 100, rows: 20 }));
        expect(title).toContain(`qvm-filterproxy watch | ${said} | 0 hosts`);
    });

    test('has just its lines, none too wide, and nothing that is not printable', () => {
        fc.assert(
            fc.property(rows, keys, size, text, (rows, typed, size, text) => {
                const typedTo = afterKeys(typed, rows, pageOf(size));
                const said = { kind: 'said', lines: [text] } as const;
                const state =
                    typed.length % 2 === 0
                        ? typedTo
                        : { ...typedTo, panel: said };
                const shown = {
                    ...shownWith(state, rows),
                    notices: [text, text, text, text],
                };
                const lines = layOut(shown, size);
                expect(lines).toHaveLength(size.rows);
                for (const { text } of lines) {
                    expect(text).toMatch(/^[ -~]*$/);
                    expect(text.length).toBeLessThanOrEqual(size.columns);
                }
            }),
        );
    });

    test('marks one row, wherever the selection is', () => {
        fc.assert(
            fc.property(rows, keys, (rows, typed) => {
                const size = { columns: 80, rows: 24 };
                const state = afterKeys(typed, rows);
                const list = listed(state, { rows, page: pageOf(size) });
                const lines = layOut(shownWith(state, rows), size);
                const marked = lines.filter(({ text }) => /^> /.test(text));
                const isList = state.panel.kind !== 'help';
                expect(marked).toHaveLength(isList && list.length > 0 ? 1 : 0);
            }),
        );
    });

    test('shows the whole rule before it is added, however long it is', () => {
        fc.assert(
            fc.property(row, fc.boolean(), (row, isDomain) => {
                const typed = isDomain ? ['a', 'd'] : ['a'];
                const { panel } = afterKeys(typed, [row]);
                fc.pre(panel.kind === 'choice');
                const { patterns } = toArguments(panel.choice);
                const narrowed = narrow(patterns[0] ?? '');
                const state = afterKeys(typed, [row]);
                const lines = layOut(shownWith(state, [row]), leastSize);
                const text = textOf(lines).join('').replaceAll(' ', '');
                const stored = narrowed.ok ? narrowed.value.stored : '';
                expect(text).toContain(`${row.qube}:${stored}`);
            }),
        );
    });

    test('shows the end of a long host, where it says whose it is', () => {
        const long = { ...hostRow('work', 0), host: `${'a.'.repeat(100)}com` };
        const shown = shownWith(firstState, [long]);
        const lines = layOut(shown, { columns: 80, rows: 24 });
        expect(textOf(lines).join('\n')).toMatch(
            /needs a rule +\.\..*a\.com$/m,
        );
    });

    test('says what to do where it is too small', () => {
        const size = { columns: leastSize.columns - 1, rows: 24 };
        const lines = layOut(shownWith(firstState, []), size);
        expect(textOf(lines)[0]).toBe('too small: 60x16 are needed; q quits');
    });
});

function hostRow(qube: string, at: number): Row {
    const last = new Date(now.getTime() + at * 1000);
    return {
        qube: qube as QubeName,
        host: `h${at}.test`,
        port: null,
        outcome: 'filter',
        count: 1,
        first: last,
        last,
    };
}

describe('the list', () => {
    test('has all rows once, in whatever order', () => {
        fc.assert(
            fc.property(rows, fc.integer({ min: 1, max: 50 }), (rows, page) => {
                const ordered = inOrder(rows, page);
                expect(new Set(ordered)).toEqual(new Set(rows));
                expect(ordered).toHaveLength(rows.length);
            }),
        );
    });

    test('has on its first page the newest row of each qube that has room', () => {
        fc.assert(
            fc.property(rows, fc.integer({ min: 1, max: 50 }), (rows, page) => {
                const qubes = new Set(rows.map(({ qube }) => qube));
                const first = inOrder(rows, page).slice(0, page);
                const shown = new Set(first.map(({ qube }) => qube));
                expect(shown.size).toBe(Math.min(page, qubes.size));
            }),
        );
    });

    test('loses no row by the filters of a qube and of what was refused', () => {
        fc.assert(
            fc.property(rows, keys, (rows, typed) => {
                const state = afterKeys(typed, rows);
                const list = listed(state, { rows, page: 19 });
                const wanted = (state.paused ?? rows).filter(
                    ({ qube, outcome }) =>
                        (state.qube === null || qube === state.qube) &&
                        (!state.isRefusedOnly || outcome !== 'allowed'),
                );
                expect(new Set(list)).toEqual(new Set(wanted));
            }),
        );
    });

    test('keeps the rows of a quiet qube while another one floods it', () => {
        const rows = new Rows();
        rows.add([hostRow('banking', 0)]);
        for (let at = 1; at <= 20_000; at += 1) {
            rows.add([hostRow('work', at)]);
        }
        const all = rows.all();
        expect(all).toHaveLength(mostRows + 1);
        expect(all.some(({ host }) => host === 'h20000.test')).toBe(true);
        const first = inOrder(all, 19).slice(0, 19);
        expect(first.some(({ qube }) => qube === 'banking')).toBe(true);
    });

    test('keeps the qubes that asked last, and no more than it has room for', () => {
        const rows = new Rows();
        for (let at = 0; at < mostQubes + 50; at += 1) {
            rows.add([hostRow(`disp${at}`, at)]);
        }
        const qubes = rows.all().map(({ qube }) => qube);
        expect(qubes).toHaveLength(mostQubes);
        expect(qubes).not.toContain('disp49');
        expect(qubes).toContain('disp50');
    });

    test.each([
        ['end', 'h1.test'],
        ['pagedown', 'h41.test'],
    ])('shows the row that %s leads to', (key, host) => {
        const rows = Array.from({ length: 60 }, (_, at) =>
            hostRow('work', at + 1),
        );
        const shown = shownWith(afterKeys([key], rows), rows);
        const lines = layOut(shown, { columns: 80, rows: 24 });
        expect(textOf(lines).find((each) => each.startsWith('> '))).toContain(
            host,
        );
    });

    test('stays on its row when newer ones come', () => {
        const old = [1, 2, 3].map((at) => hostRow('work', at));
        const state = afterKeys(['down'], old);
        const newer = [...old, hostRow('work', 4)];
        const shown = shownWith(state, newer);
        const lines = layOut(shown, { columns: 80, rows: 24 });
        expect(textOf(lines).find((text) => text.startsWith('> '))).toContain(
            'h2.test',
        );
    });

    test('stands still while it is paused', () => {
        const old = [hostRow('work', 1)];
        const state = afterKeys(['p'], old);
        const rows = [...old, hostRow('work', 2)];
        expect(listed(state, { rows, page: 19 })).toEqual(old);
        const title = textOf(
            layOut(shownWith(state, rows), { columns: 80, rows: 24 }),
        )[0];
        expect(title).toContain('PAUSED');
    });
});

describe('a key', () => {
    test('adds a rule only with enter, behind the question', () => {
        fc.assert(
            fc.property(rows, keys, (rows, typed) => {
                const seen = { rows, page: 19, offerFor: offer };
                let state = firstState;
                for (const key of typed) {
                    const { panel } = state;
                    const pressed = press(state, key, seen);
                    if (pressed.effect?.kind === 'allow') {
                        expect(key).toBe('return');
                        expect(panel.kind).toBe('choice');
                    }
                    state = pressed.state;
                }
            }),
        );
    });

    test.each([
        [['a'], { patterns: ['www.a.test'], expire: '1h' }],
        [['a', 'd'], { patterns: ['.a.test'], expire: '1h' }],
        [['a', 'd', 'h', 'g'], { patterns: ['www.a.test'], expire: null }],
        [['a', 's'], { patterns: ['www.a.test'], untilShutdown: true }],
    ])('%j asks for %j', (typed, args) => {
        const rows = [{ ...hostRow('work', 0), host: 'www.a.test' }];
        const { panel } = afterKeys(typed, rows);
        expect(
            panel.kind === 'choice' ? toArguments(panel.choice) : panel,
        ).toMatchObject({ qube: 'work', asIs: false, ...args });
    });

    test.each(['q', 'escape'])('%s leaves the question', (key) => {
        const rows = [hostRow('work', 0)];
        expect(afterKeys(['a', key], rows).panel).toEqual({ kind: 'row' });
    });

    test('^C quits, whatever is shown', () => {
        fc.assert(
            fc.property(rows, keys, (rows, typed) => {
                const seen = { rows, page: 19, offerFor: offer };
                const state = afterKeys(typed, rows);
                expect(press(state, 'ctrl-c', seen).effect).toEqual({
                    kind: 'quit',
                });
            }),
        );
    });

    test.each(['co.uk', '10.1.2.3', 'localhost'])(
        'offers no domain of %s',
        (host) => {
            const { panel } = afterKeys(
                ['a', 'd'],
                [{ ...hostRow('work', 0), host }],
            );
            const choice = panel.kind === 'choice' ? panel.choice : null;
            expect(choice?.isDomain ?? false).toBe(false);
        },
    );
});

describe('what is written to the terminal', () => {
    const line: fc.Arbitrary<Line> = fc.record({
        text: fc.oneof(
            fc.stringMatching(/^[ -~]{0,30}$/),
            fc.stringMatching(/^[!-~]{30}$/),
        ),
        style: fc.constantFrom('plain', 'title', 'selected', 'refused'),
    });
    const frame = fc.array(line, { minLength: 8, maxLength: 8 });
    const columns = 30;

    test('makes of one screen the next', () => {
        fc.assert(
            fc.property(fc.array(frame), fc.boolean(), (frames, hasColour) => {
                const screen = emptyScreen({ columns, rows: 8 });
                let before: readonly Line[] | null = null;
                for (const after of frames) {
                    drawnOn(
                        screen,
                        paint(before, after, { columns, hasColour }),
                    );
                    expect(screen.lines.map((each) => each.trimEnd())).toEqual(
                        textOf(after).map((each) => each.trimEnd()),
                    );
                    before = after;
                }
            }),
        );
    });

    test('is nothing where nothing has changed', () => {
        fc.assert(
            fc.property(frame, fc.boolean(), (lines, hasColour) => {
                const same = lines.map((line) => ({ ...line }));
                expect(paint(lines, same, { columns, hasColour })).toBe('');
            }),
        );
    });

    test('has no colours without them', () => {
        fc.assert(
            fc.property(frame, (lines) => {
                const text = paint(null, lines, { columns, hasColour: false });
                // biome-ignore lint/suspicious/noControlCharactersInRegex: that is it
                expect(text).not.toMatch(/\u001b\[[1-9][0-9;]*m/);
            }),
        );
    });
});

describe('text', () => {
    const words = fc.stringMatching(/^[ -~]{0,300}$/);
    const width = fc.integer({ min: 1, max: 80 });

    test('is wrapped without a loss but of spaces', () => {
        fc.assert(
            fc.property(words, width, (text, width) => {
                const lines = wrap(text, width);
                expect(lines.every((line) => line.length <= width)).toBe(true);
                expect(lines.join('').replaceAll(' ', '')).toBe(
                    text.replaceAll(' ', ''),
                );
            }),
        );
    });

    test('is cut to its room', () => {
        fc.assert(
            fc.property(words, width, (text, width) => {
                expect(endOf(text, width).length).toBeLessThanOrEqual(width);
                expect(startOf(text, width).length).toBeLessThanOrEqual(width);
            }),
        );
    });
});
