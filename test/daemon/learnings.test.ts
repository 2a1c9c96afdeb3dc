// The daemon collects what qubes ask for while they learn.
import { expect, test } from 'vitest';
import { callFailure } from '../../dom0/core/agent-answer.ts';
import type { Learned } from '../../dom0/core/learned.ts';
import { Journal } from '../../dom0/daemon/journal.ts';
import { Learnings } from '../../dom0/daemon/learnings.ts';
import type { Deps } from '../../dom0/deps.ts';
import type { View } from '../../dom0/view.ts';
import { err, ok } from '../../shared/result.ts';
import { exampleWith, systemOf } from '../dom0/fake-qubes.ts';
import { nameOf, noonMoment, uuidFor } from '../dom0/rules.ts';

const system = systemOf(exampleWith({ name: 'work', xid: 12 }));
const work = uuidFor('work');

function viewOf(since: string | null, proxyvm = 'sys-filter'): View {
    const learner = {
        name: nameOf('work'),
        since: since ?? '',
        by: 'user',
        until: noonMoment.nowMs / 1000 + 60,
    };
    const learners = new Map(since === null ? [] : [[work, learner]]);
    const served = { kind: 'served', proxyvm: nameOf(proxyvm) };
    return {
        system,
        moment: { ...noonMoment, learners },
        placements: new Map([[nameOf('work'), served]]),
    } as unknown as View;
}

function daemon() {
    const lines: string[] = [];
    const asked: string[] = [];
    const stored: Learned[] = [];
    const timers: (() => void)[] = [];
    const answer = { isGone: false, count: 1 };
    const deps = {
        now: () => new Date(noonMoment.nowMs),
        askRequests: async (proxyvm: string) => {
            asked.push(proxyvm);
            const host = { host: 'a.test', port: 443, outcome: 'allowed' };
            const entries = [{ ...host, count: answer.count, lastAgo: 0 }];
            const client = { uuid: work, since: work, entries, unnamed: 0 };
            return answer.isGone
                ? err(callFailure('unreachable', 'it is paused'))
                : ok({ clients: [client] });
        },
        learned: {
            read: async () => stored.at(-1) ?? null,
            write: async (_: string, learned: Learned) => {
                stored.push(learned);
            },
        },
        withLock: (_: string, action: () => unknown) => action(),
    } as unknown as Deps;
    const clock = {
        now: () => new Date(noonMoment.nowMs),
        after: (_: number, action: () => void) => {
            timers.push(action);
            return () => undefined;
        },
    };
    const journal = new Journal((line) => lines.push(line));
    const learnings = new Learnings(deps, clock, journal);
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return { learnings, lines, asked, stored, timers, answer, settle };
}

const since = '2026-11-24T12:00:00Z';

test('every minute, and once more at the end', async () => {
    const { learnings, stored, timers, answer, settle } = daemon();
    learnings.saw(viewOf(since));
    learnings.saw(viewOf(since));
    expect(timers).toHaveLength(1);
    timers.shift()?.();
    await settle();
    expect(stored).toMatchObject([
        { since, proxyvm: 'sys-filter', current: [{ count: 1 }] },
    ]);
    expect(timers).toHaveLength(1);
    answer.count = 7;
    learnings.saw(viewOf(null));
    await settle();
    expect(stored.at(-1)).toMatchObject({ current: [{ count: 7 }] });
    timers.shift()?.();
    await settle();
    expect(stored).toHaveLength(2);
    expect(timers).toHaveLength(0);
});

test('from where a qube is moved away, before it is too late', async () => {
    const { learnings, asked, settle } = daemon();
    learnings.saw(viewOf(since));
    learnings.saw(viewOf(since, 'sys-filter2'));
    await settle();
    expect(asked).toEqual(['sys-filter']);
});

test('from a ProxyVM that is about to end, and from no other', async () => {
    const { learnings, asked, settle } = daemon();
    learnings.saw(viewOf(since));
    learnings.beginsToEnd(nameOf('sys-filter2'));
    learnings.beginsToEnd(nameOf('sys-filter'));
    await settle();
    expect(asked).toEqual(['sys-filter']);
});

test('nobody is asked while nobody learns', async () => {
    const { learnings, asked, timers, settle } = daemon();
    learnings.saw(viewOf(null));
    await settle();
    expect([asked, timers]).toEqual([[], []]);
});

test('that it cannot be is said once, and so is that it can again', async () => {
    const { learnings, lines, timers, answer, settle } = daemon();
    answer.isGone = true;
    learnings.saw(viewOf(since));
    for (let times = 0; times < 3; times += 1) {
        timers.shift()?.();
        await settle();
    }
    answer.isGone = false;
    timers.shift()?.();
    await settle();
    expect(lines).toEqual([
        'what work asks for cannot be collected from sys-filter: it is paused',
        'what work asks for is collected again',
    ]);
});

/** Learn at sys-filter, but one at sys-firewall, which hangs. */
function daemonWithMany() {
    const started = Date.parse(since) - 60_000;
    const where = {
        work: 'sys-filter',
        banking: 'sys-filter',
        personal: 'sys-firewall',
    };
    const names = Object.keys(where);
    const learners = new Map(
        names.map((name, minutes) => [
            uuidFor(name),
            {
                name: nameOf(name),
                since: new Date(started - minutes * 60_000).toISOString(),
                by: 'user',
                until: noonMoment.nowMs / 1000 + 60,
            },
        ]),
    );
    const placements = new Map(
        Object.entries(where).map(([name, proxyvm]) => [
            nameOf(name),
            { kind: 'served', proxyvm: nameOf(proxyvm) },
        ]),
    );
    const moment = { ...noonMoment, learners };
    const view = { system, moment, placements } as unknown as View;
    const asked: [string, number | null][] = [];
    const stored = new Map<string, Learned>();
    const timers: (() => void)[] = [];
    const hosts = { 'late.test': 30, 'early.test': 90 };
    const deps = {
        now: () => new Date(Date.parse(since)),
        askRequests: (proxyvm: string, seconds: number | null) => {
            asked.push([proxyvm, seconds]);
            const entries = Object.entries(hosts).map(([host, lastAgo]) => {
                const usual = { port: 443, outcome: 'allowed', count: 1 };
                return { ...usual, host, firstAgo: lastAgo, lastAgo };
            });
            const clients = ['work', 'banking'].map((name) => {
                const uuid = uuidFor(name);
                return { uuid, since: uuid, entries, unnamed: 0 };
            });
            return proxyvm === 'sys-firewall'
                ? new Promise(() => undefined)
                : Promise.resolve(ok({ clients }));
        },
        learned: {
            read: async (uuid: string) => stored.get(uuid) ?? null,
            write: async (uuid: string, learned: Learned) => {
                stored.set(uuid, learned);
            },
        },
        withLock: (_: string, action: () => unknown) => action(),
    } as unknown as Deps;
    const clock = {
        now: deps.now,
        after: (_: number, action: () => void) => {
            timers.push(action);
            return () => undefined;
        },
    };
    const learnings = new Learnings(deps, clock, new Journal(() => undefined));
    learnings.saw(view);
    const hostsOf = (name: string) =>
        stored.get(uuidFor(name))?.current.map(({ host }) => host);
    const minute = async () => {
        timers.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
    };
    return { learnings, asked, hostsOf, minute };
}

test('a ProxyVM is asked once for all that learn there, of whom each gets what is its own', async () => {
    const { asked, hostsOf, minute } = daemonWithMany();
    await minute();
    expect(asked.filter(([name]) => name === 'sys-filter')).toEqual([
        ['sys-filter', 120],
    ]);
    expect(hostsOf('work')).toEqual(['late.test']);
    expect(hostsOf('banking')).toEqual(['late.test', 'early.test']);
});

test('one that hangs keeps no other one waiting, and is asked once', async () => {
    const { asked, minute } = daemonWithMany();
    await minute();
    await minute();
    await minute();
    const names = asked.map(([name]) => name);
    expect(names.filter((name) => name === 'sys-filter')).toHaveLength(3);
    expect(names.filter((name) => name === 'sys-firewall')).toHaveLength(1);
});

test('one that is about to end is asked once for all that learn there', async () => {
    const { learnings, asked, minute } = daemonWithMany();
    learnings.beginsToEnd(nameOf('sys-filter'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([['sys-filter', 120]]);
    await minute();
    expect(asked).toHaveLength(3);
});
