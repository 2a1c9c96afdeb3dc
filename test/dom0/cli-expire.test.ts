// Rules that end by themselves, as the commands take and tell them.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Deadline } from '../../shared/protocol/desired-state.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith } from './fake-qubes.ts';

/** It is noon, and work runs as that domain. */
const noon = Date.UTC(2026, 10, 24, 12) / 1000;
const run = { boot: 'c295b21f', xid: 12 };

async function dom0With(options: FakeDom0Options = {}) {
    const sysFilter = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': sysFilter.agent },
        qubes: exampleWith({ name: 'work', xid: run.xid }),
        ...options,
    });
    let now = noon;
    let uptime = 5000;
    Object.assign(dom0.deps, {
        now: () => new Date(now * 1000),
        monotonicMs: () => uptime * 1000,
        issue: async () => ({
            boot: `${run.boot}-d8e0-4c9d-94f7-ac61ab9c9aa5`,
            counter: 1,
        }),
    });
    return {
        ...dom0,
        qubesAre: (qubes: typeof dom0.qubes) => {
            dom0.qubes = qubes;
        },
        at: (seconds: number, clockSetBy = 0) => {
            now = noon + seconds + clockSetBy;
            uptime = 5000 + seconds;
        },
        /** What the agent was told last of work. */
        told: () =>
            sysFilter.applied
                .at(-1)
                ?.clients.find(({ name }) => name === 'work'),
    };
}

function secondsOf(deadlines: readonly Deadline[] | undefined) {
    return deadlines?.map(({ seconds, filter }) => [
        seconds,
        filter === null ? null : filter.lines.length,
    ]);
}

describe('allow --expire', () => {
    test.each([
        ['+3600', 3600],
        ['90s', 90],
        ['30m', 1800],
        ['2h', 7200],
        ['1d', 86_400],
        ['2w', 14 * 86_400],
        ['1795525200', 1_795_525_200 - noon],
    ])('of %s is that many seconds from now', async (typed, seconds) => {
        const dom0 = await dom0With();
        const { exitCode } = await dom0.cli(
            'allow',
            'work',
            'a.test',
            '--expire',
            typed,
        );
        expect(exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(
            `^a\\.test$ expire=${noon + seconds}\n`,
        );
    });

    test.each([
        ['a date', '2026-12-24', new Date(2026, 11, 24)],
        [
            'a date with a time',
            '2026-12-24T18:30',
            new Date(2026, 11, 24, 18, 30),
        ],
    ])('takes %s of the local clock', async (_, typed, date) => {
        const dom0 = await dom0With();
        await dom0.cli('allow', 'work', 'a.test', '--expire', typed);
        expect(await dom0.rules('work')).toBe(
            `^a\\.test$ expire=${date.getTime() / 1000}\n`,
        );
    });

    test.each([
        ['soon', /is no time; write 30m, 2h/],
        ['2026-02-30', /is no time/],
        ['-5', /is no time/],
        ['3600', /--expire \+3600/],
        ['1795000000', /is over already/],
        ['+0', /is over already/],
        ['2y', /is no time/],
        ['400d', /more than a year ahead/],
        ['99999999999', /more than a year ahead/],
    ])('refuses %s', async (typed, message) => {
        const dom0 = await dom0With();
        const { exitCode, err } = await dom0.cli(
            'allow',
            'work',
            'a.test',
            `--expire=${typed}`,
        );
        expect(exitCode).toBe(2);
        expect(err).toMatch(message);
    });

    test.each([
        ['20s', 'expires in 20 s,'],
        ['1m', 'expires in 1 min,'],
    ])('of %s is told as typed within a second, too', async (typed, told) => {
        const dom0 = await dom0With();
        dom0.at(0.4);
        const args = ['allow', 'work', 'a.test', '--expire', typed];
        expect((await dom0.cli(...args)).out).toContain(told);
    });

    test.each(['0s', '+0', '0m'])(
        'refuses %s within a second, too',
        async (typed) => {
            const dom0 = await dom0With();
            dom0.at(0.4);
            const args = ['allow', 'work', 'a.test', '--expire', typed];
            const { exitCode, err } = await dom0.cli(...args);
            expect([exitCode, err]).toEqual([
                2,
                expect.stringContaining('is over already'),
            ]);
        },
    );

    test('tells the ProxyVM what holds then, and the user until when', async () => {
        const dom0 = await dom0With({ rules: { work: '^kept\\.test$\n' } });
        const { out } = await dom0.cli(
            'allow',
            'work',
            'a.test',
            '--expire',
            '2h',
        );
        expect(out).toMatch(/added, expires in 2 h, 2026-11-24 \d\d:00\n/);
        expect(dom0.told()?.filter?.lines).toHaveLength(2);
        expect(secondsOf(dom0.told()?.deadlines)).toEqual([[7200, 1]]);
    });

    test('of the only rule leaves nothing after it', async () => {
        const dom0 = await dom0With();
        await dom0.cli('allow', 'work', 'a.test', '--expire', '2h');
        expect(secondsOf(dom0.told()?.deadlines)).toEqual([[7200, null]]);
    });

    test('of a rule that is there changes when it ends, and says so', async () => {
        const dom0 = await dom0With({ rules: { work: '^a\\.test$ # mine\n' } });
        const allow = async (...more: string[]) =>
            (await dom0.cli('allow', 'work', 'a.test', ...more)).out;
        expect(await allow('--expire', '2h')).toMatch(
            /is there already, now: expires in 2 h, .*; before: no end\n/,
        );
        expect(await dom0.rules('work')).toBe(
            `# mine\n^a\\.test$ expire=${noon + 7200}\n`,
        );
        expect(await allow('--expire', '1h')).toMatch(
            /now: expires in 1 h, .*; before: expires in 2 h, /,
        );
        expect(await allow('--expire', '1h')).toMatch(/is there already\n/);
        expect(await allow()).toMatch(/now: no end; before: expires in 1 h, /);
        expect(await dom0.rules('work')).toBe('# mine\n^a\\.test$\n');
        expect(dom0.told()?.deadlines).toEqual([]);
    });
});

describe('a rule with a time, when the clock is set back', () => {
    const rules = {
        work: `^kept\\.test$\n^a\\.test$ expire=${noon + 7200}\n`,
    };

    test('holds no longer than it would have, and list says so', async () => {
        const dom0 = await dom0With({ rules });
        await dom0.cli('update');
        dom0.at(3600, -10_800);
        await dom0.cli('update');
        expect(secondsOf(dom0.told()?.deadlines)).toEqual([[3600, 1]]);
        expect((await dom0.cli('list', 'work')).out).toMatch(
            /\[expires in 1 h, 2026-11-24 \d\d:00\]/,
        );
    });

    test('is over in its time, and stays so', async () => {
        const dom0 = await dom0With({ rules });
        await dom0.cli('show');
        dom0.at(7200, -10_800);
        await dom0.cli('update');
        expect(dom0.told()?.filter?.lines).toHaveLength(1);
        expect(dom0.told()?.deadlines).toEqual([]);
        expect((await dom0.cli('list', 'work')).out).toContain('[expired ');
        const mark = await readFile(dom0.config('expired.json'), 'utf8');
        expect(JSON.parse(mark)).toEqual({ version: 1, until: noon + 7200 });
    });

    test('holds as long as is typed if it is typed then', async () => {
        const dom0 = await dom0With();
        dom0.at(0, -10_800);
        await dom0.cli('allow', 'work', 'a.test', '--expire', '2h');
        expect(secondsOf(dom0.told()?.deadlines)).toEqual([[7200, null]]);
        dom0.at(3600, 0);
        await dom0.cli('update');
        expect(dom0.told()).toBeUndefined();
    });
});

describe('a rule whose time is over', () => {
    const rules = {
        work: `^kept\\.test$\n^a\\.test$ expire=${noon + 60}\n`,
    };

    test('is told to nobody any more, and stays in the file', async () => {
        const dom0 = await dom0With({ rules });
        await dom0.cli('update');
        expect(dom0.told()?.filter?.lines).toHaveLength(2);
        dom0.at(60);
        await dom0.cli('update');
        expect(dom0.told()?.filter?.lines).toHaveLength(1);
        expect(dom0.told()?.deadlines).toEqual([]);
        expect(await dom0.rules('work')).toBe(rules.work);
        expect((await dom0.cli('list', 'work')).out).toMatch(
            /\[expired 2026-11-24 \d\d:01\]/,
        );
        const { out, exitCode } = await dom0.cli('check', 'work', 'a.test');
        expect([exitCode, out]).toEqual([
            1,
            'work: a.test is refused, no rule that holds matches it\n    rule 2, ^a\\.test$, does not hold: /etc/qubes/filterproxy/qubes/work.rules:2, expired 2026-11-24 12:01\n',
        ]);
    });

    test('stays over when the clock is set back, and so does any that ends before', async () => {
        const dom0 = await dom0With({ rules });
        dom0.at(61);
        await dom0.cli('update');
        dom0.at(-3600);
        await dom0.cli('update');
        expect(dom0.told()?.filter?.lines).toHaveLength(1);
        expect((await dom0.cli('list')).out).toContain('[expired ');
        const refused = await dom0.cli(
            'allow',
            'work',
            'b.test',
            '--expire',
            '1h',
        );
        expect(refused.exitCode).toBe(1);
        expect(refused.err).toMatch(/clock seems to be set back/);
        expect(refused.err).toContain('/etc/qubes/filterproxy/expired.json');
        const taken = await dom0.cli(
            'allow',
            'work',
            'b.test',
            '--expire',
            '2h',
        );
        expect(taken.exitCode).toBe(0);
    });

    test('is the end of the qube as a client if it was the only one', async () => {
        const work = `^a\\.test$ expire=${noon + 60}\n`;
        const dom0 = await dom0With({ rules: { work } });
        await dom0.cli('update');
        expect(dom0.told()).toBeDefined();
        dom0.at(60);
        await dom0.cli('update', 'sys-filter');
        expect(dom0.told()).toBeUndefined();
    });

    test('is noted before anybody is told, and the later of two times stays', async () => {
        const dom0 = await dom0With({ rules });
        const mark = async () =>
            JSON.parse(await readFile(dom0.config('expired.json'), 'utf8'));
        dom0.at(100);
        await dom0.cli('show');
        expect(await mark()).toEqual({ version: 1, until: noon + 60 });
        dom0.at(0);
        await dom0.cli('update');
        expect(await mark()).toEqual({ version: 1, until: noon + 60 });
    });
});

test('without knowing what has passed, no rule with a time is in force, and that is said', async () => {
    const rules = { work: `^kept\\.test$\n^a\\.test$ expire=${noon + 60}\n` };
    const dom0 = await dom0With({ rules });
    await writeFile(dom0.config('expired.json'), '{"version":2}\n');
    const { exitCode, err } = await dom0.cli('update');
    expect(exitCode).toBe(1);
    expect(err).toMatch(
        /expired\.json: .*if the clock of dom0 is right: rm \/etc\/qubes\/filterproxy\/expired\.json$/m,
    );
    expect(err).toContain('no rule with expire= is in force');
    expect(dom0.told()?.filter?.lines).toHaveLength(1);
    const allow = await dom0.cli('allow', 'work', 'b.test', '--expire', '1h');
    expect(allow.exitCode).toBe(1);
    expect(allow.err).toContain(
        'no rule with one is in force\n    if the clock of dom0 is right: rm /etc/qubes/filterproxy/expired.json\n',
    );
    const { out, exitCode: listed } = await dom0.cli('list', 'work');
    expect(out).toContain('[not in force, until ');
    expect(listed).toBe(1);
});

test('more times than a document takes end in nothing, not in everything', async () => {
    const work = Array.from(
        { length: 12 },
        (_, index) => `^h${index}\\.test$ expire=${noon + 60 * (index + 1)}\n`,
    ).join('');
    const dom0 = await dom0With({ rules: { work } });
    await dom0.cli('update');
    const deadlines = secondsOf(dom0.told()?.deadlines) ?? [];
    expect(deadlines).toHaveLength(8);
    expect(deadlines.at(-2)).toEqual([420, 5]);
    expect(deadlines.at(-1)).toEqual([480, null]);
});

test('a ProxyVM that was told stays up to date while less time is left', async () => {
    const work = `^a\\.test$ expire=${noon + 600}\n`;
    const dom0 = await dom0With({ rules: { work } });
    await dom0.cli('update');
    for (const seconds of [0, 0.4, 1, 1.999, 599]) {
        dom0.at(seconds);
        const { out } = await dom0.cli('show', 'sys-filter', '--json');
        expect(JSON.parse(out).proxyvms[0].upToDate).toBe(true);
    }
    dom0.at(600);
    const { out } = await dom0.cli('show', '--json');
    expect(JSON.parse(out).proxyvms[0].upToDate).toBe(false);
});

describe('allow --until-shutdown', () => {
    const allow = ['allow', 'work', 'a.test', '--until-shutdown'] as const;

    test('holds while the qube runs, and not when it runs again', async () => {
        const dom0 = await dom0With();
        const { out } = await dom0.cli(...allow);
        expect(out).toContain('added, until it shuts down\n');
        expect(await dom0.rules('work')).toBe(
            `^a\\.test$ until-shutdown=${run.boot}.${run.xid}\n`,
        );
        expect(dom0.told()?.filter?.lines).toHaveLength(1);
        dom0.qubesAre(exampleWith({ name: 'work', xid: run.xid + 1 }));
        await dom0.cli('update', 'sys-filter');
        expect(dom0.told()).toBeUndefined();
        expect((await dom0.cli('list', 'work')).out).toMatch(
            / {2}\[ended when it shut down\]\n/,
        );
        const again = await dom0.cli('allow', 'work', 'a.test');
        expect(again.out).toContain(
            'now: no end; before: ended when it shut down\n',
        );
    });

    test('of another boot of dom0 has ended as well', async () => {
        const dom0 = await dom0With({
            rules: { work: '^a\\.test$ until-shutdown=00000000.12\n' },
        });
        expect((await dom0.cli('list', 'work')).out).toMatch(
            /\[ended when it shut down\]/,
        );
    });

    test('may be for a disposable, in the file of its template or in a set', async () => {
        const rule = `^a\\.test$ until-shutdown=${run.boot}.12\n`;
        const dom0 = await dom0With({
            qubes: exampleWith(disposable, { name: 'work', xid: 13 }),
            rules: { 'work-dvm': rule, work: '!include x\n' },
            files: { 'sets/x.rules': rule },
        });
        expect((await dom0.cli('list', 'work-dvm')).out).toMatch(
            /\[only while domain 12 runs\]/,
        );
        expect((await dom0.cli('list', 'disp12')).out).toMatch(
            /\[until it shuts down\]/,
        );
        expect((await dom0.cli('list', 'work', '--effective')).out).toMatch(
            /\[only while domain 12 runs\]/,
        );
    });

    test('for a run of a disposable that is gone is over', async () => {
        const dom0 = await dom0With({
            qubes: exampleWith(disposable, { name: 'work', xid: 13 }),
            rules: {
                'work-dvm': `^a\\.test$ until-shutdown=${run.boot}.9\n^b\\.test$ until-shutdown=${run.boot}.12\n`,
                work: '!include x\n',
            },
            files: {
                'sets/x.rules': `^a\\.test$ until-shutdown=${run.boot}.9\n`,
            },
        });
        const over = '[over, that run has ended]';
        for (const args of [['work-dvm'], ['work', '--effective'], []]) {
            const { out } = await dom0.cli('list', ...args);
            expect(out).toContain(args.length === 0 ? over : `${over}\n`);
            expect(out).not.toContain('while domain 9 runs');
        }
        expect((await dom0.cli('list', 'work-dvm')).out).toMatch(
            /^work-dvm: 2 rules, 1 of them ended\n/,
        );
    });

    test('is told apart from those that hold where they are counted', async () => {
        const dom0 = await dom0With({
            rules: {
                work: `^a\\.test$ until-shutdown=${run.boot}.9\n^b\\.test$ expire=1\n^c\\.test$\n`,
            },
        });
        for (const args of [['work'], ['work', '--effective'], []]) {
            const { out } = await dom0.cli('list', ...args);
            expect(out).toMatch(/^work: 3 rules, 2 of them ended\n/);
        }
        const missing = await dom0.cli('remove', 'work', 'z.test');
        expect(missing.err).toMatch(/\[expired 1970-01-01 00:00\]\n/);
    });

    test('is named by check where it would have decided', async () => {
        const dom0 = await dom0With({
            rules: {
                work: `^c\\.test$\n^gone\\.test$ expire=${noon - 60}\n^c\\.test$ expire=1\n`,
            },
        });
        const { out } = await dom0.cli('check', 'work', 'gone.test', 'c.test');
        expect(out).toBe(
            [
                'work: gone.test is refused, no rule that holds matches it',
                '    rule 2, ^gone\\.test$, does not hold: /etc/qubes/filterproxy/qubes/work.rules:2, expired 2026-11-24 11:59',
                'work: c.test is allowed by rule 1, ^c\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:1',
                '',
            ].join('\n'),
        );
        const { out: json } = await dom0.cli(
            'check',
            'work',
            'gone.test',
            '--json',
        );
        expect(JSON.parse(json).hosts).toMatchObject([
            { refused: 'no-rule', rules: [], over: [{ number: 2 }] },
        ]);
    });

    test('is not counted where it holds no more', async () => {
        const dom0 = await dom0With({
            rules: {
                work: `^a\\.test$ until-shutdown=${run.boot}.9\n^b\\.test$ expire=1\n^c\\.test$\n`,
            },
        });
        await dom0.cli('update');
        expect((await dom0.cli('show', 'work')).out).toContain(
            'work: served, 1 rule,',
        );
    });

    test('names the disposables of a template that does not run', async () => {
        const dom0 = await dom0With({ qubes: exampleWith(disposable) });
        const args = ['allow', 'work-dvm', 'a.test', '--until-shutdown'];
        const { exitCode, err } = await dom0.cli(...args);
        expect(exitCode).toBe(1);
        expect(err).toContain(
            'name a disposable of it that runs (disp12), or use --expire',
        );
    });

    test('refuses a qube that does not run', async () => {
        const dom0 = await dom0With({
            qubes: exampleWith({ name: 'work', xid: -1 }),
        });
        const { exitCode, err } = await dom0.cli(...allow);
        expect(exitCode).toBe(1);
        expect(err).toContain('work does not run');
    });
});
