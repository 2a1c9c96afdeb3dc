// How uses of rules are summed up, whatever becomes of a ProxyVM's counters.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decider } from '../../dom0/core/decide.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import {
    addCounters,
    mostPerAnswer,
} from '../../dom0/core/usage/add-counters.ts';
import type {
    Asked,
    Counter,
    Counters,
} from '../../dom0/core/usage/counters.ts';
import { matchRules, mostTried } from '../../dom0/core/usage/match-rules.ts';
import {
    type FileUsage,
    fileOfUsage,
    isNews,
    mostUses,
    parseUsage,
    renderUsage,
    usagePath,
} from '../../dom0/core/usage/usage-file.ts';
import { forgotten, newUsage } from '../../dom0/core/usage/usage-of-files.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { Random } from '../pattern/random.ts';
import { randomHost, randomPattern } from '../pattern/random-patterns.ts';
import { uuidFor } from './rules.ts';

const seed = 20261124;
const noneOver: ReadonlySet<StoredRule> = new Set();

function rulesOf(text: string): readonly StoredRule[] {
    const file = parseRuleText('qubes/work.rules', text);
    return file.ok ? file.value.rules : expect.fail(JSON.stringify(file));
}

/** Two rules that share hosts, one for a single host, one for none. */
const rules = rulesOf(
    '(^|\\.)a\\.test$\n^[bw][a-z]*\\.a\\.test$\n^b\\.a\\.test$\n^z\\.test$\n',
);
const hosts = ['a.test', 'b.a.test', 'www.a.test', 'other.test'];
const expressions = rules.map(({ expression }) => expression);

function doesMatch({ expression }: StoredRule, host: string): boolean {
    // Names without odd characters: here JavaScript says the same.
    return new RegExp(expression).test(host);
}

interface Request {
    readonly host: string;
    readonly at: number;
}

const boot = 'c295b21f';

/** At that uptime; the clock is another one. */
function askedAt(time: number, skew = 0): Asked {
    const [from, to] = [Math.floor(time), Math.ceil(time)];
    return { boot, from, to, now: from + skew };
}

/** A ProxyVM's counters of one client, as they should be. */
class CountingProxy {
    since: Uuid;
    requests: Request[] = [];
    private lives = 0;
    private readonly name: string;

    constructor(name = 'p') {
        this.name = name;
        this.since = uuidFor(`${name}.0`);
    }

    ask(time: number, uuid: Uuid, skew = 0): Counters {
        const asked = askedAt(time, skew);
        const counters = hosts.flatMap((host): Counter[] => {
            const times = this.requests
                .filter((request) => request.host === host)
                .map(({ at }) => at);
            const ago = (at: number) => Math.floor(asked.to - at);
            const [first, last] = [Math.min(...times), Math.max(...times)];
            const { length: count } = times;
            const [firstAgo, lastAgo] = [ago(first), ago(last)];
            return count === 0 ? [] : [{ host, count, firstAgo, lastAgo }];
        });
        return { uuid, since: this.since, asked, unnamed: 0, counters };
    }

    restart(): void {
        this.lives += 1;
        this.since = uuidFor(`${this.name}.${this.lives}`);
        this.requests = [];
    }
}

function add(usage: FileUsage, counters: Counters, of = rules): FileUsage {
    const matched = matchRules(of, noneOver, counters.counters);
    return addCounters(usage, counters, matched);
}

function countsOf(usage: FileUsage): Record<string, number> {
    return Object.fromEntries(
        [...usage.rules].map(([rule, { count }]) => [rule, count]),
    );
}

type Doing =
    | { readonly kind: 'request'; readonly proxy: number; host: string }
    | { readonly kind: 'restart'; readonly proxy: number }
    /** dom0's clock is set, or the machine was suspended. */
    | { readonly kind: 'clock'; readonly proxy: number; readonly by: number }
    /** The answer comes, gets lost, or is added twice. */
    | { readonly kind: 'ask'; readonly proxy: number; times: number };

/** Two clients, each of which moves between two ProxyVMs. */
const proxy = fc.constantFrom(0, 1, 2, 3);
const doing: fc.Arbitrary<Doing> = fc.oneof(
    {
        arbitrary: fc.record({
            kind: fc.constant('request' as const),
            proxy,
            host: fc.constantFrom(...hosts),
        }),
        weight: 6,
    },
    {
        arbitrary: fc.record({ kind: fc.constant('restart' as const), proxy }),
        weight: 1,
    },
    {
        arbitrary: fc.record({
            kind: fc.constant('clock' as const),
            proxy,
            by: fc.integer({ min: -90_000, max: 90_000 }),
        }),
        weight: 1,
    },
    {
        arbitrary: fc.record({
            kind: fc.constant('ask' as const),
            proxy,
            times: fc.constantFrom(0, 1, 1, 2),
        }),
        weight: 3,
    },
);

const uuids = [uuidFor('client0'), uuidFor('client1')] as const;

describe('over restarts of counters, lost answers and repeated ones', () => {
    test('the sums are what was asked for up to the last answer of each life', () => {
        fc.assert(
            fc.property(fc.array(doing, { maxLength: 60 }), (doings) => {
                const proxies = ['p', 'q', 'r', 's'].map(
                    (name) => new CountingProxy(name),
                );
                const added = new Set<Request>();
                let usage = newUsage(null);
                let now = 1_000_000;
                let skew = 0;
                for (const each of doings) {
                    now += 0.7;
                    const proxy = proxies[each.proxy] ?? expect.fail();
                    const uuid = uuids[each.proxy % 2] ?? expect.fail();
                    if (each.kind === 'request') {
                        proxy.requests.push({ host: each.host, at: now });
                    } else if (each.kind === 'restart') {
                        proxy.restart();
                    } else if (each.kind === 'clock') {
                        skew += each.by;
                    } else {
                        const counters = proxy.ask(now, uuid, skew);
                        for (let time = 0; time < each.times; time += 1) {
                            usage = add(usage, counters);
                            for (const request of proxy.requests) {
                                added.add(request);
                            }
                        }
                    }
                }
                for (const rule of rules) {
                    const uses = [...added].filter(({ host }) =>
                        doesMatch(rule, host),
                    );
                    const sums = usage.rules.get(rule.expression);
                    expect(sums?.count ?? 0).toBe(uses.length);
                    const last = Math.max(...uses.map(({ at }) => at));
                    if (uses.length === 0) {
                        expect(sums?.last ?? null).toBeNull();
                    } else if (doings.every(({ kind }) => kind !== 'clock')) {
                        expect(sums?.last ?? 0).toBeGreaterThan(last - 3);
                        expect(sums?.last ?? 0).toBeLessThan(last + 3);
                    }
                }
            }),
            { seed, numRuns: 2000 },
        );
    });

    test('a counter that fell out makes no sum more than the truth, and its next use is seen', () => {
        fc.assert(
            fc.property(
                fc.array(
                    fc.tuple(
                        fc.constantFrom(...hosts),
                        fc.constantFrom('request', 'forget', 'ask'),
                    ),
                    { maxLength: 60 },
                ),
                (doings) => {
                    const proxy = new CountingProxy();
                    const made: Request[] = [];
                    let usage = newUsage(null);
                    let now = 1_000_000;
                    for (const [host, kind] of doings) {
                        now += 5;
                        if (kind === 'request') {
                            proxy.requests.push({ host, at: now });
                            made.push({ host, at: now });
                        } else if (kind === 'forget') {
                            proxy.requests = proxy.requests.filter(
                                (request) => request.host !== host,
                            );
                        } else {
                            usage = add(usage, proxy.ask(now, uuids[0]));
                            expectNoMore(usage, made);
                            expectSeen(usage, proxy.requests);
                        }
                    }
                },
            ),
            { seed, numRuns: 1000 },
        );
    });
});

test('a counter that fell out, and was seen to be missing, counts from nothing', () => {
    const proxy = new CountingProxy();
    const use = (at: number) => proxy.requests.push({ host: 'a.test', at });
    [1, 2, 3, 4, 5].forEach(use);
    let usage = add(newUsage(null), proxy.ask(10, uuids[0]));
    proxy.requests = [];
    usage = add(usage, proxy.ask(20, uuids[0]));
    [25, 26, 27].forEach(use);
    usage = add(usage, proxy.ask(30, uuids[0]));
    expect(countsOf(usage)['(^|\\.)a\\.test$']).toBe(8);
});

function expectNoMore(usage: FileUsage, made: readonly Request[]): void {
    for (const rule of rules) {
        const uses = made.filter(({ host }) => doesMatch(rule, host));
        const count = usage.rules.get(rule.expression)?.count ?? 0;
        expect(count).toBeLessThanOrEqual(uses.length);
    }
}

function expectSeen(usage: FileUsage, there: readonly Request[]): void {
    for (const rule of rules) {
        const uses = there.filter(({ host }) => doesMatch(rule, host));
        const last = usage.rules.get(rule.expression)?.last ?? 0;
        expect(last).toBeGreaterThanOrEqual(
            Math.max(0, ...uses.map(({ at }) => at)),
        );
    }
}

const anyTime = fc.nat({ max: 2_000_000_000 });
const anyCount = fc.oneof(fc.nat(20), fc.maxSafeNat());
const anyCounters: fc.Arbitrary<Counters> = fc
    .record({
        uuid: fc.constantFrom(...uuids),
        since: fc.constantFrom(uuidFor('s0'), uuidFor('s1')),
        at: anyTime,
        unnamed: anyCount,
        counters: fc.array(
            fc.record({
                host: fc.constantFrom(...hosts),
                count: anyCount,
                firstAgo: fc.oneof(anyTime, anyCount),
                lastAgo: fc.oneof(anyTime, anyCount),
            }),
            { maxLength: 6 },
        ),
    })
    .map(({ at, ...counters }) => ({ ...counters, asked: askedAt(at) }));

test('a ProxyVM that lies makes no sum less, and none more than a bound at a time', () => {
    fc.assert(
        fc.property(fc.array(anyCounters, { maxLength: 12 }), (answers) => {
            let usage = newUsage(null);
            for (const counters of answers) {
                const after = add(usage, counters);
                for (const [rule, { count, last, first }] of after.rules) {
                    const before = usage.rules.get(rule)?.count ?? 0;
                    expect(count).toBeGreaterThanOrEqual(before);
                    expect(count - before).toBeLessThanOrEqual(mostPerAnswer);
                    expect(last ?? 0).toBeLessThanOrEqual(
                        Math.max(
                            counters.asked.now,
                            usage.rules.get(rule)?.last ?? 0,
                        ),
                    );
                    expect(first).toBeGreaterThanOrEqual(0);
                }
                expect(after.rules.size).toBe(rules.length);
                expect(readBack(after)).toEqual({ ok: true, value: after });
                usage = after;
            }
        }),
        { seed, numRuns: 300 },
    );
});

function readBack(usage: FileUsage) {
    return parseUsage(Buffer.from(renderUsage(usage)));
}

test('a sum stops growing where it could not be written any more', () => {
    const full = { count: mostUses - 1, first: 1, last: 1, seen: new Map() };
    const usage = {
        ...newUsage(null),
        rules: new Map([[expressions[0] ?? '', full]]),
    };
    const counters = [{ host: 'a.test', count: 50, firstAgo: 4, lastAgo: 4 }];
    const since = uuidFor('s0');
    const after = add(usage, {
        uuid: uuids[0],
        since,
        asked: askedAt(9),
        unnamed: 0,
        counters,
    });
    expect(countsOf(after)[expressions[0] ?? '']).toBe(mostUses);
});

describe('a rule that comes later', () => {
    const since = uuidFor('s0');
    interface Timed extends Pick<Counter, 'host' | 'count'> {
        readonly first: number;
        readonly last: number;
    }
    const ask = (time: number, counters: readonly Timed[]): Counters => ({
        uuid: uuids[0],
        since,
        asked: askedAt(time),
        unnamed: 0,
        counters: counters.map(({ host, count, first, last }) => ({
            host,
            count,
            firstAgo: time - first,
            lastAgo: time - last,
        })),
    });
    const early = { host: 'a.test', count: 7, first: 10, last: 50 };
    const [first] = rules;
    const only = first === undefined ? [] : [first];
    const known = add(newUsage(null), ask(100, [early]), rulesOf('^x$\n'));

    test('does not count what was let through before', () => {
        const added = add(known, ask(200, [early]), only);
        expect(countsOf(added)).toEqual({ '^x$': 0, '(^|\\.)a\\.test$': 0 });
        const later = { ...early, count: 9, last: 250 };
        const after = add(added, ask(300, [later]), only);
        expect(after.rules.get('(^|\\.)a\\.test$')).toMatchObject({
            count: 2,
            first: 200,
            last: 250,
        });
    });

    test('does not either after the machine was suspended for a night', () => {
        const slept = { ...askedAt(200, 30_000) };
        const asked = { ...ask(200, [early]), asked: slept };
        const added = add(known, asked, only);
        expect(countsOf(added)).toEqual({ '^x$': 0, '(^|\\.)a\\.test$': 0 });
    });

    test('counts all of a new run of dom0, in which all counters are new', () => {
        const booted = { ...askedAt(90), boot: '0a0b0c0d' };
        const asked = { ...ask(90, [early]), asked: booted };
        const added = add(known, asked, only);
        expect(countsOf(added)).toEqual({ '^x$': 0, '(^|\\.)a\\.test$': 7 });
    });

    test('counts hosts that nobody had asked for before it came', () => {
        const fresh = { host: 'www.a.test', count: 3, first: 150, last: 160 };
        const added = add(known, ask(200, [early, fresh]), only);
        expect(added.rules.get('(^|\\.)a\\.test$')).toMatchObject({
            count: 3,
            first: 150,
            last: 160,
        });
    });

    test('forgets all by --forget, and what was counted until then stays so', () => {
        const all = add(newUsage(null), ask(100, [early]), only);
        const empty = forgotten(all, askedAt(120));
        expect(empty.rules.size).toBe(0);
        const after = add(empty, ask(200, [early]), only);
        expect(countsOf(after)).toEqual({ '(^|\\.)a\\.test$': 0 });
        const later = { ...early, count: 8, last: 250 };
        const used = add(after, ask(300, [later]), only);
        expect(countsOf(used)).toEqual({ '(^|\\.)a\\.test$': 1 });
    });
});

describe('the rules that match a host', () => {
    test('are those that check names, over random rules and hosts', () => {
        const random = new Random(seed);
        let matching = 0;
        for (let turn = 0; turn < 500; turn += 1) {
            const patterns = random.several(1, 8, () => randomPattern(random));
            const found = patterns.flatMap((pattern) => {
                const file = parseRuleText('qubes/work.rules', `${pattern}\n`);
                return file.ok ? file.value.rules : [];
            });
            const host = randomHost(random, patterns[0] ?? '');
            const matched = matchRules(found, noneOver, [
                { host, count: 1, firstAgo: 0, lastAgo: 0 },
            ]);
            const { matching: decided } = decider({
                default: 'deny',
                files: [{ file: 'f', via: [], rules: found, over: noneOver }],
                isLasting: false,
                learnsUntil: null,
                watchedUntil: null,
                settings: defaultSettings,
            })({ host, scheme: null, port: null, isRewritten: false });
            const names = decided.map(({ rule }) => rule.expression);
            expect([host, namesIn(matched)]).toEqual([
                host,
                [...new Set(names)].sort(),
            ]);
            matching += names.length;
        }
        expect(matching).toBeGreaterThan(100);
    });

    function namesIn(matched: ReadonlyMap<string, readonly Counter[]>) {
        return [...matched]
            .filter(([, counters]) => counters.length > 0)
            .map(([expression]) => expression)
            .sort();
    }

    test('are all of them, whichever is narrower', () => {
        const counter = { host: 'b.a.test', count: 1, firstAgo: 0, lastAgo: 0 };
        expect(namesIn(matchRules(rules, noneOver, [counter]))).toEqual(
            expressions.slice(0, 3).sort(),
        );
    });

    test('are none whose time is over', () => {
        const counter = { host: 'b.a.test', count: 1, firstAgo: 0, lastAgo: 0 };
        const over = new Set(rules.slice(0, 1));
        const matched = matchRules(rules, over, [counter]);
        expect(matched.has(expressions[0] ?? '')).toBe(false);
        expect(matched.size).toBe(3);
    });

    test('are bounded where each has to be tried', () => {
        const text = Array.from(
            { length: mostTried + 50 },
            (_, index) => `^a[0-9]+\\.n${index}\\.test$\n`,
        ).join('');
        expect(matchRules(rulesOf(text), noneOver, []).size).toBe(mostTried);
    });

    test('are found among very many in little time', () => {
        const text = Array.from(
            { length: 50_000 },
            (_, index) => `^n${index}\\.test$\n`,
        ).join('');
        const many = rulesOf(text);
        const counters = Array.from({ length: 2000 }, (_, index) => ({
            host: `n${index}.test`,
            count: 1,
            firstAgo: 0,
            lastAgo: 0,
        }));
        const began = performance.now();
        const matched = matchRules(many, noneOver, counters);
        expect(performance.now() - began).toBeLessThan(3000);
        expect(namesIn(matched)).toHaveLength(2000);
    });
});

describe('the file of sums', () => {
    const uuid = uuids[0];
    const whole = {
        version: 1,
        owner: null,
        since: 5,
        at: 9,
        sources: [{ uuid, since: uuids[1], boot, at: 9, unnamed: 0 }],
        rules: [{ rule: '^a$', count: 2, first: 5, last: 7, seen: [[0, 2]] }],
    };

    test('is read as it was written', () => {
        const read = parseUsage(Buffer.from(JSON.stringify(whole)));
        expect(read.ok && JSON.parse(renderUsage(read.value))).toEqual(whole);
    });

    test.each<[string, object]>([
        ['counters twice', { sources: [...whole.sources, ...whole.sources] }],
        ['a rule twice', { rules: [...whole.rules, ...whole.rules] }],
        ['counters of nobody', { sources: [] }],
        ['a negative count', { rules: [{ ...whole.rules[0], count: -1 }] }],
        [
            'a count without bound',
            { rules: [{ ...whole.rules[0], count: mostUses + 1 }] },
        ],
        [
            'a rule with a blank',
            { rules: [{ ...whole.rules[0], rule: 'a b' }] },
        ],
        ['another version', { version: 2 }],
        ['more than there is', { hosts: ['a.test'] }],
    ])('is refused with %s', (_, change) => {
        const text = JSON.stringify({ ...whole, ...change });
        expect(parseUsage(Buffer.from(text))).toMatchObject({ ok: false });
    });

    test.each(['qubes/work.rules', 'tags/red.rules', 'sets/a.b-c.rules'])(
        'has a name that says what it is of: %s',
        (file) => {
            const path = usagePath(file);
            expect(path).toMatch(/^usage\/[^/]+\.json$/);
            expect(fileOfUsage(path.slice('usage/'.length))).toBe(file);
        },
    );

    test.each([
        'x',
        '.json',
        'qubes..json',
        'owners.work.json',
        '..rules.json',
    ])('has none of the name %s', (name) => {
        expect(fileOfUsage(name)).toBeNull();
    });

    test('is written anew for another sum at once, for the time alone hourly', () => {
        const read = parseUsage(Buffer.from(JSON.stringify(whole)));
        const usage = read.ok ? read.value : expect.fail(read.error);
        expect(isNews(usage, usage)).toBe(false);
        expect(isNews(usage, { ...usage, at: usage.at + 3599 })).toBe(false);
        expect(isNews(usage, { ...usage, at: usage.at + 3600 })).toBe(true);
        expect(isNews(usage, { ...usage, rules: new Map() })).toBe(true);
        expect(isNews(usage, { ...usage, since: null })).toBe(true);
    });
});
