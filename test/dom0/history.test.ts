// The history of our files: what an entry is, and what entries mean together.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    type Change,
    mostBytes,
    mostOfAll,
    mostOfFile,
    planUndo,
    type SizedEntry,
    settle,
    surplus,
} from '../../dom0/core/history.ts';
import {
    type Entry,
    entryPath,
    parseEntry,
    parseEntryName,
    renderEntry,
} from '../../dom0/core/history-entry.ts';
import { uuidFor } from './rules.ts';

const bytes = (text: string) => Buffer.from(text);
const [work, older] = [uuidFor('work'), uuidFor('older')];

const entry: Entry = {
    time: '2026-11-24T12:00:00Z',
    by: 'user',
    command: 'allow',
    owner: work,
    previous: 11,
    text: bytes('^a\\.test$\n'),
};

describe('an entry', () => {
    test('is the file as it was left, behind a line that says by whom', () => {
        expect(Buffer.from(renderEntry(entry)).toString()).toBe(
            `{"version":1,"time":"2026-11-24T12:00:00Z","by":"user","command":"allow","owner":"${work}","previous":11}\n^a\\.test$\n`,
        );
    });

    test('comes out as it goes in, whatever bytes are in the text', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 50 }), (text) => {
                const read = parseEntry(renderEntry({ ...entry, text }));
                expect(read.ok && Buffer.from(read.value.text)).toEqual(
                    Buffer.from(text),
                );
            }),
            { seed: 1, numRuns: 2000 },
        );
    });

    test.each([
        ['', 'no first line'],
        ['{}', 'no first line'],
        ['{}\n', 'its first line: version'],
        [
            Buffer.from(renderEntry(entry)).toString().replace('user', 'a b'),
            'its first line: by: not a user name',
        ],
        [
            Buffer.from(renderEntry(entry))
                .toString()
                .replace('allow', '\\u001b'),
            'its first line: command: not a command',
        ],
        [
            Buffer.from(renderEntry(entry)).toString().replace(':11', ':-1'),
            'its first line: previous',
        ],
    ])('is refused as %j', (text, said) => {
        const read = parseEntry(bytes(text));
        expect(read.ok ? '' : read.error).toContain(said);
    });

    test.each([
        ['000012.qubes.work.rules', 12, 'qubes/work.rules', false],
        ['000012.qubes.work.rules.pending', 12, 'qubes/work.rules', true],
        ['1234567.qubes.a.b.rules', 1_234_567, 'qubes/a.b.rules', false],
        ['000001.tags.x.rules', 1, 'tags/x.rules', false],
        ['000001.sets.x.rules', 1, 'sets/x.rules', false],
        ['000001.proxies.x.conf', 1, 'proxies/x.conf', false],
    ])('is called %s', (name, number, path, isPending) => {
        const parsed = { number, path, isPending };
        expect(parseEntryName(name)).toEqual({ ok: true, value: parsed });
        expect(entryPath(parsed)).toBe(`history/${name}`);
    });

    test.each([
        '12.qubes.work.rules',
        '000000.qubes.work.rules',
        '000012.owners.work',
        '000012.qubes.work.conf',
        '000012.qubes.work.rules~',
        '000012.qubes.a/b.rules',
        '000012.qubes..rules',
        'README',
    ])('is not called %s', (name) => {
        expect(parseEntryName(name).ok).toBe(false);
    });
});

describe('what has become of a file', () => {
    const all = [null, '', 'a', 'b', 'c'].map((text) =>
        text === null ? null : bytes(text),
    );

    test('is seen from what was left and what is there', () => {
        const [, none, a, b, c] = all as [null, Buffer, Buffer, Buffer, Buffer];
        expect(settle(a, null, a)).toEqual({
            pending: 'none',
            isByHand: false,
        });
        expect(settle(a, null, b)).toEqual({ pending: 'none', isByHand: true });
        expect(settle(null, null, none).isByHand).toBe(false);
        expect(settle(null, null, a).isByHand).toBe(true);
        expect(settle(a, b, a).pending).toBe('did-not');
        expect(settle(a, b, b).pending).toBe('came-about');
        expect(settle(a, b, c)).toEqual({
            pending: 'came-about',
            isByHand: true,
        });
    });

    test('never loses what may have been in force, and ends with what is', () => {
        for (const last of all) {
            for (const pending of all) {
                for (const current of all) {
                    const found = settle(last, pending, current);
                    const end = found.isByHand
                        ? current
                        : found.pending === 'came-about'
                          ? pending
                          : last;
                    if (current !== null) {
                        expect((end ?? bytes('')).toString()).toBe(
                            current.toString(),
                        );
                    }
                    if (found.pending === 'did-not') {
                        expect(current).toEqual(last ?? bytes(''));
                    }
                }
            }
        }
    });
});

/** Changes 1, 2, … that left these texts. */
function changes(
    ...made: readonly [text: string, change?: Partial<Change>][]
): Change[] {
    return made.map(([text, change], at) => ({
        ...entry,
        number: at + 1,
        previous: at === 0 ? null : at,
        text: bytes(text),
        ...change,
    }));
}

/** The text that an undo leaves, or why there is none. */
function undo(all: readonly Change[], from: number | null = null): string {
    const plan = planUndo(all, work, from);
    return typeof plan === 'string'
        ? plan
        : `${plan.change.number}: ${Buffer.from(plan.text).toString()}`;
}

describe('an undo', () => {
    test('leaves what was before the last change, or before one', () => {
        const all = changes(['a'], ['b'], ['c']);
        expect(undo(all)).toBe('3: b');
        expect(undo(all, 2)).toBe('2: a');
        expect(undo(all, 1)).toBe('1: ');
        expect(undo(all, 4)).toBe('unknown');
        expect(undo([])).toBe('none');
    });

    test('knows nothing of what was there before the first record', () => {
        const hand = { command: null, by: null };
        expect(undo(changes(['a', hand]))).toBe('not-known');
        expect(undo(changes(['a', hand], ['b']))).toBe('2: a');
        expect(undo(changes(['a', hand], ['b', hand]))).toBe('2: a');
    });

    test('knows nothing of what is not kept any more', () => {
        const [, second, third] = changes(['a'], ['b'], ['c']);
        const kept = [second, third].filter((each) => each !== undefined);
        expect(undo(kept)).toBe('3: b');
        expect(undo(kept, 2)).toBe('not-known');
    });

    test('gives no qube what an earlier one of its name had', () => {
        const old = { owner: older };
        const all = changes(['a', old], ['', old], ['b'], ['c']);
        expect(undo(all)).toBe('4: b');
        expect(undo(all, 3)).toBe('3: ');
        expect(undo(all, 2)).toBe('foreign');
        expect(undo(all.slice(0, 2))).toBe('none');
        expect(undo(changes(['a', old], ['b']))).toBe('foreign');
        const unrecorded = { owner: null };
        expect(undo(changes(['a', unrecorded], ['', old], ['b']), 1)).toBe(
            'foreign',
        );
        expect(undo(changes(['a', unrecorded], ['b']))).toBe('2: a');
    });
});

describe('the history is bounded', () => {
    const path = fc.constantFrom(
        'qubes/a.rules',
        'qubes/b.rules',
        'sets/c.rules',
    );
    const entries = fc
        .array(fc.record({ path, bytes: fc.nat(mostBytes / 8) }), {
            maxLength: 2 * mostOfFile,
        })
        .map((all) =>
            all.map((each, at) => ({
                ...each,
                number: at + 1,
                isPending: false,
            })),
        );

    function check(all: readonly SizedEntry[], coming: SizedEntry): void {
        const gone = surplus(all, coming);
        const kept = all.filter((each) => !gone.includes(each));
        const own = kept.filter((each) => each.path === coming.path);
        expect(own.length).toBeLessThan(mostOfFile);
        for (const each of new Set(all.map((one) => one.path))) {
            const before = all.filter((one) => one.path === each);
            const after = kept.filter((one) => one.path === each);
            // The newest, without a gap, and one at least.
            expect(after.length).toBeGreaterThan(0);
            expect(after).toEqual(before.slice(-after.length));
        }
        expect(kept.length).toBeLessThan(mostOfAll);
        const room = [...kept, coming].reduce((sum, one) => sum + one.bytes, 0);
        const isLean =
            new Set(kept.map((one) => one.path)).size === kept.length;
        expect(room <= mostBytes || isLean).toBe(true);
    }

    test('to 100 changes of a file and 64 MiB, and keeps the newest', () => {
        fc.assert(
            fc.property(entries, path, fc.nat(mostBytes / 8), (all, of, size) =>
                check(all, {
                    number: 1000,
                    path: of,
                    bytes: size,
                    isPending: true,
                }),
            ),
            { seed: 1, numRuns: 1000 },
        );
    });

    test('to 2000 changes of all, of which the file with most gives way', () => {
        const file = (path: string, count: number, from: number) =>
            Array.from({ length: count }, (_, at) => ({
                number: from + at,
                path,
                bytes: 10,
                isPending: false,
            }));
        const small = Array.from({ length: 190 }, (_, at) =>
            file(`qubes/q${at}.rules`, 10, 1 + at * 10),
        ).flat();
        const large = file('sets/x.rules', 100, 2000);
        expect(small.length + large.length).toBe(mostOfAll);
        const coming = { path: 'tags/new.rules', bytes: 10 };
        expect(surplus([...small, ...large], coming)).toEqual([large[0]]);
    });

    test('without a reason nothing goes', () => {
        const few = Array.from({ length: mostOfFile - 1 }, (_, at) => ({
            number: at + 1,
            path: 'qubes/a.rules',
            bytes: 100,
            isPending: false,
        }));
        expect(surplus(few, { path: 'qubes/a.rules', bytes: 100 })).toEqual([]);
        const more = [
            ...few,
            { number: 100, path: 'qubes/a.rules', bytes: 1, isPending: false },
        ];
        expect(
            surplus(more, { path: 'qubes/a.rules', bytes: 100 }).map(
                ({ number }) => number,
            ),
        ).toEqual([1]);
    });
});
