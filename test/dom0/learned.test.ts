// What is kept of what was learned, however often it is collected.
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
    allEntries,
    allUnnamed,
    type Learned,
    type LearnedEntry,
    learnedSchema,
    mostEntries,
    withRecorded,
} from '../../dom0/core/learned.ts';
import { nameOf, uuidFor } from './rules.ts';

const seed = 20261128;
const collection = {
    since: '2026-11-24T12:00:00Z',
    at: '2026-11-24T12:01:00Z',
    proxyvm: nameOf('sys-filter'),
};

function entryOf(host: string, count: number): LearnedEntry {
    return { host, port: 443, outcome: 'allowed', count };
}

/** Each list is what one life of the counters had in the end. */
function collect(lives: readonly (readonly LearnedEntry[])[]): Learned | null {
    let known: Learned | null = null;
    for (const [index, entries] of lives.entries()) {
        const since = uuidFor(`life${index}`);
        const half = entries.slice(0, entries.length / 2);
        for (const some of [half, entries, entries]) {
            const recorded = { since, entries: some, unnamed: some.length };
            known = withRecorded(known, recorded, collection);
        }
    }
    return known;
}

test('nothing is lost or counted twice over the lives of a ProxyVM', () => {
    const life = fc
        .uniqueArray(fc.constantFrom('a.test', 'b.test', 'c.test'))
        .map((hosts) => hosts.map((host, at) => entryOf(host, at + 1)));
    fc.assert(
        fc.property(fc.array(life, { minLength: 1, maxLength: 5 }), (lives) => {
            const learned = collect(lives);
            const found = new Map(
                (learned === null ? [] : allEntries(learned)).map(
                    ({ host, count }) => [host, count],
                ),
            );
            const wanted = new Map<string, number>();
            for (const { host, count } of lives.flat()) {
                wanted.set(host, (wanted.get(host) ?? 0) + count);
            }
            expect(found).toEqual(wanted);
            const unnamed = lives.reduce((sum, each) => sum + each.length, 0);
            expect(learned && allUnnamed(learned)).toBe(unnamed);
        }),
        { seed },
    );
});

test('what is kept is bounded, and what was asked for most stays', () => {
    const entries = Array.from({ length: mostEntries }, (_, at) => at);
    const lives = ['a', 'b', 'c'].map((letter) =>
        entries.map((at) => entryOf(`${letter}${at}.test`, at + 1)),
    );
    const learned = collect(lives);
    expect(learned?.before).toHaveLength(mostEntries);
    expect(learned?.current).toHaveLength(mostEntries);
    expect(learned?.before.every(({ count }) => count > 1)).toBe(true);
    expect(v.is(learnedSchema, learned)).toBe(true);
});

test('whatever a ProxyVM counts, what is kept can be read again', () => {
    const most = Number.MAX_SAFE_INTEGER;
    let learned: Learned | null = null;
    for (const life of ['a', 'b', 'c', 'd']) {
        const recorded = {
            since: uuidFor(life),
            entries: [entryOf('a.test', most)],
            unnamed: most,
        };
        learned = withRecorded(learned, recorded, collection);
        expect(v.is(learnedSchema, learned)).toBe(true);
    }
});

test('what one that was evicted had is kept', () => {
    const since = uuidFor('life');
    const first = withRecorded(
        null,
        { since, entries: [entryOf('old.test', 3)], unnamed: 0 },
        collection,
    );
    const later = withRecorded(
        first,
        { since, entries: [entryOf('new.test', 1)], unnamed: 3 },
        collection,
    );
    expect(allEntries(later)).toMatchObject([
        { host: 'old.test', count: 3 },
        { host: 'new.test', count: 1 },
    ]);
});

test('of an earlier learning nothing stays', () => {
    const since = uuidFor('life');
    const earlier = { ...collection, since: '2026-11-24T11:00:00Z' };
    const recorded = { since, entries: [entryOf('a.test', 3)], unnamed: 2 };
    const before = withRecorded(null, recorded, earlier);
    const after = withRecorded(
        before,
        { since, entries: [], unnamed: 0 },
        collection,
    );
    expect(allEntries(after)).toEqual([]);
});

test.each(['A.test', 'a test', 'a.test\n', '', 'é.test', '\x1b[2J'])(
    'a host that is none (%j) is refused',
    (host) => {
        const learned = {
            ...collection,
            counters: null,
            current: [entryOf(host, 1)],
            before: [],
            unnamed: 0,
            unnamedBefore: 0,
        };
        expect(v.is(learnedSchema, learned)).toBe(false);
    },
);
