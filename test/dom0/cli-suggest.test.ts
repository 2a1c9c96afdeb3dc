// `suggest`, and what is collected for it.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { callFailure } from '../../dom0/core/agent-answer.ts';
import type { Choice } from '../../dom0/pick.ts';
import type {
    ClientRequests,
    Requests,
} from '../../shared/protocol/requests.ts';
import { err, ok } from '../../shared/result.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { fakeEditor } from './fake-editor.ts';
import { disposable, exampleWith } from './fake-qubes.ts';
import { uuidFor } from './rules.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const firstLife = uuidFor('first');

type Said = Partial<ClientRequests['entries'][number]> & { host: string };

function entry(said: Said): ClientRequests['entries'][number] {
    const usual = { port: 443, outcome: 'allowed', count: 1 } as const;
    return { ...usual, firstAgo: 0, lastAgo: 0, ...said };
}

/** sys-filter says that of work. */
async function dom0With(options: FakeDom0Options = {}) {
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': obedientAgent().agent },
        qubes: exampleWith({ name: 'work', xid: 12 }, disposable),
        rules: { work: '^kept\\.test$\n' },
        ...options,
    });
    const now = { ms: 0 };
    const asked: (number | null)[] = [];
    const said = {
        since: firstLife,
        entries: [] as Said[],
        unnamed: 0,
        isGone: false,
    };
    Object.assign(dom0.deps, {
        now: () => new Date(noon + now.ms),
        monotonicMs: () => 7_000_000 + now.ms,
        askRequests: async (_: string, sinceSeconds: number | null) => {
            asked.push(sinceSeconds);
            const client = (name: string): ClientRequests => ({
                uuid: uuidFor(name),
                name: name as ClientRequests['name'],
                recording: 'all',
                since: said.since,
                entries: said.entries.map(entry),
                unnamed: said.unnamed,
            });
            const requests: Requests = {
                clients: [client('work'), client('disp12')],
            };
            return said.isGone
                ? err(callFailure('unreachable', 'it does not answer'))
                : ok(requests);
        },
    });
    return { dom0, now, asked, said };
}

const example: Said[] = [
    { host: 'a.example.com', count: 3 },
    { host: 'b.example.com', count: 2 },
    { host: 'example.com', count: 1 },
    { host: 'one.test', count: 40 },
    { host: 'one.test', port: 80, count: 2 },
    { host: 'kept.test', count: 9 },
    { host: 'github.io' },
    { host: 'old.test', outcome: 'filter' },
    { host: '127.1', outcome: 'filter' },
    { host: '192.0.2.1', outcome: 'destination' },
    { host: 'ssh.test', port: 22, outcome: 'port' },
];

describe('suggest', () => {
    test('says which rules would have served what was asked for', async () => {
        const { dom0, said, now, asked } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        said.entries = example;
        said.unnamed = 4;
        now.ms = 60_000;
        expect(await dom0.cli('suggest', 'work')).toEqual({
            exitCode: 0,
            out: [
                'work: 2 rules for what it asked for since 2026-11-24 12:00',
                '    one.test  42 requests',
                '    .example.com  6 requests, 3 hosts',
                '        a.example.com  3 requests',
                '        b.example.com  2 requests',
                '        example.com  1 request',
                '    allowed already: 1 host',
                '    no plain host names, so no rule: 127.1',
                '    others register names below it: github.io',
                '    a port that is closed, see !connect-port: ssh.test:22',
                '    an address that is closed, see !lan: 192.0.2.1:443',
                '    4 requests without a name that could be kept',
                'to add them: qvm-filterproxy suggest work --all',
                '',
            ].join('\n'),
            err: '',
        });
        expect(asked).toEqual([60]);
        expect(await dom0.rules('work')).toBe('^kept\\.test$\n');
    });

    test('--all adds them as allow does, in one change', async () => {
        const { dom0, said } = await dom0With();
        said.entries = example;
        const { exitCode, out } = await dom0.cli('suggest', 'work', '--all');
        expect(exitCode).toBe(0);
        expect(out).toMatch('work: ^one\\.test$ added\n');
        expect(await dom0.rules('work')).toBe(
            [
                '^kept\\.test$',
                '^one\\.test$',
                '(^|\\.)example\\.com$',
                '^old\\.test$',
                '',
            ].join('\n'),
        );
        const { out: history } = await dom0.cli('history', 'work', '--json');
        expect(JSON.parse(history).changes).toHaveLength(2);
        expect((await dom0.cli('suggest', 'work')).out).toMatch(
            /^work: no rule is missing for what it asked for\n/,
        );
    });

    test('--all --dry-run adds nothing', async () => {
        const { dom0, said } = await dom0With();
        said.entries = example;
        const { out } = await dom0.cli('suggest', 'work', '--all', '--dry-run');
        expect(out).toMatch('^one\\.test$ would be added');
        expect(await dom0.rules('work')).toBe('^kept\\.test$\n');
    });

    test.each([
        ['y', ['(^|\\.)example\\.com$', '^old\\.test$']],
        ['n', []],
        ['', []],
    ])(
        'on a terminal lets choose, shows the rules and asks (%s)',
        async (answer, added) => {
            const editor = fakeEditor([], [answer]);
            const { dom0, said } = await dom0With({ editor });
            const offered: string[] = [];
            Object.assign(dom0.deps, {
                pick: async (question: string, choices: readonly Choice[]) => {
                    offered.push(
                        question,
                        ...choices.map(
                            ({ label, hint }) => `${label}: ${hint}`,
                        ),
                    );
                    return [1, 2];
                },
            });
            said.entries = example.filter(({ host }) => host !== '127.1');
            await dom0.cli('suggest', 'work');
            expect(offered).toEqual([
                'work: allow which?',
                'one.test: 42 requests',
                '.example.com: 6 requests, 3 hosts; a.example.com  3 requests; b.example.com  2 requests; example.com  1 request',
                'old.test: 1 request',
            ]);
            expect(editor.asked.join('\n')).toMatch(
                '^old\\.test$ would be added',
            );
            expect(await dom0.rules('work')).toBe(
                ['^kept\\.test$', ...added, ''].join('\n'),
            );
        },
    );

    test('on a terminal adds nothing for one who leaves', async () => {
        const { dom0, said } = await dom0With({ editor: fakeEditor([]) });
        Object.assign(dom0.deps, { pick: async () => null });
        said.entries = example;
        const { exitCode } = await dom0.cli('suggest', 'work');
        expect(exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('^kept\\.test$\n');
    });

    test('keeps what was learned when the ProxyVM is gone or begins anew', async () => {
        const { dom0, said } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        said.entries = [{ host: 'one.test', count: 5 }];
        await dom0.cli('suggest', 'work');
        said.isGone = true;
        const gone = await dom0.cli('suggest', 'work');
        expect(gone.out).toMatch('one.test  5 requests');
        expect(gone.err).toMatch('sys-filter could not be asked: it does not');
        said.isGone = false;
        said.since = uuidFor('second');
        said.entries = [
            { host: 'one.test', count: 2 },
            { host: 'two.test', count: 1 },
        ];
        const anew = await dom0.cli('suggest', 'work');
        expect(anew.out).toMatch('one.test  7 requests');
        expect(anew.out).toMatch('two.test  1 request');
        const again = await dom0.cli('suggest', 'work');
        expect(again.out).toBe(anew.out);
    });

    test('begins anew with another learning, and goes on with a longer one', async () => {
        const { dom0, said, now } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        said.entries = [{ host: 'one.test' }];
        now.ms = 60_000;
        await dom0.cli('suggest', 'work');
        await dom0.cli('learn', 'work', '--for', '1h');
        said.entries = [{ host: 'two.test' }];
        expect((await dom0.cli('suggest', 'work')).out).toMatch('one.test');
        await dom0.cli('learn', 'work', '--stop');
        now.ms = 120_000;
        await dom0.cli('learn', 'work', '--for', '30m');
        said.since = uuidFor('second');
        said.entries = [{ host: 'three.test' }];
        const { out } = await dom0.cli('suggest', 'work');
        expect(out).toMatch(
            '1 rule for what it asked for since 2026-11-24 12:02',
        );
        expect(out).not.toMatch('one.test');
    });

    test('takes nothing to a disk of dom0', async () => {
        const { dom0, said } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        said.entries = [{ host: 'secret.test' }];
        await dom0.cli('suggest', 'work');
        const run = `${dom0.root}/run/qubes/filterproxy`;
        const kept = await readFile(
            `${run}/${uuidFor('work')}.learned`,
            'utf8',
        );
        expect(kept).toMatch('secret.test');
    });

    test('says how to begin when nothing is known', async () => {
        const { dom0 } = await dom0With();
        const { exitCode, err } = await dom0.cli('suggest', 'work');
        expect(exitCode).toBe(1);
        expect(err).toMatch('nothing is known of what work asked for');
        expect(err).toMatch('qvm-filterproxy learn work --for 30m');
    });

    test('changes a disposable’s template only when told so', async () => {
        const { dom0, said } = await dom0With();
        said.entries = [{ host: 'one.test' }];
        const { out } = await dom0.cli('suggest', 'disp12');
        expect(out).toMatch('suggest disp12 --all --template');
        const refused = await dom0.cli('suggest', 'disp12', '--all');
        expect(refused.exitCode).toBe(1);
        expect(refused.err).toMatch('to change them add --template');
        await dom0.cli('suggest', 'disp12', '--all', '--template');
        expect(await dom0.rules('work-dvm')).toBe('^one\\.test$\n');
    });

    test.each([
        ['!default allow\n', /has a block list/],
        ['(\n', /mend this first/],
    ])('refuses a qube with the rules %j', async (work, message) => {
        const { dom0 } = await dom0With({ rules: { work } });
        const { exitCode, err } = await dom0.cli('suggest', 'work');
        expect([exitCode, err]).toEqual([1, expect.stringMatching(message)]);
    });

    test('tells programs, and asks nobody then', async () => {
        const { dom0, said } = await dom0With();
        said.entries = example;
        const { out } = await dom0.cli('suggest', 'work', '--json');
        expect(JSON.parse(out)).toMatchObject({
            command: 'suggest',
            qube: 'work',
            since: null,
            suggestions: [
                { pattern: 'one.test', domain: 'one.test', count: 42 },
                { pattern: '.example.com', count: 6 },
                { pattern: 'old.test', count: 1 },
            ],
            leftOut: [
                { host: 'github.io', count: 1, why: 'public-suffix' },
                { host: '127.1', count: 1, why: 'odd-name' },
            ],
            allowed: 1,
            unnamed: 0,
            trouble: null,
            added: null,
        });
    });
});
