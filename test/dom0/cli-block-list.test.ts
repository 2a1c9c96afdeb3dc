// A qube that may reach all hosts but those of its rules.
import { describe, expect, test } from 'vitest';
import { closingAgent, obedientAgent } from './fake-agent.ts';
import { type FakeDom0, type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { fakeEditor } from './fake-editor.ts';

const blockList = '# ads\n!default allow\n(^|\\.)ads\\.test$\n';

async function dom0With(rules: string, more: FakeDom0Options = {}) {
    const filter = obedientAgent();
    const agents = { 'sys-filter': filter.agent };
    const dom0 = await fakeDom0({ rules: { work: rules }, agents, ...more });
    await dom0.cli('update');
    return { dom0, filter };
}

async function said(dom0: FakeDom0, ...args: string[]): Promise<string> {
    const { out, err, exitCode } = await dom0.cli(...args);
    return `${out}${err}${exitCode}`;
}

describe('a block list', () => {
    test('reaches the agent as one', async () => {
        const { filter } = await dom0With(blockList);
        expect(filter.applied.at(-1)?.clients).toMatchObject([
            {
                name: 'work',
                filter: {
                    default: 'allow',
                    lines: ["\\`([a-z0-9_-]+\\.)*ads\\.test\\'"],
                    rules: 1,
                },
            },
        ]);
    });

    test('without a rule is served as well', async () => {
        const { filter } = await dom0With('!default allow\n');
        expect(filter.applied.at(-1)?.clients).toMatchObject([
            { name: 'work', filter: { default: 'allow', lines: [], rules: 0 } },
        ]);
    });

    test('shows as one', async () => {
        const { dom0 } = await dom0With(blockList);
        expect((await dom0.cli('list', 'work')).out).toMatch(
            /^work: all hosts but those of 1 rule\n/,
        );
        expect((await dom0.cli('show')).out).toContain(
            '    work: served, all hosts but those of 1 rule, not locked\n',
        );
        const list = JSON.parse((await dom0.cli('list', '--json')).out);
        expect(list.qubes[0].default).toBe('allow');
        const show = JSON.parse((await dom0.cli('show', '--json')).out);
        expect(show.proxyvms[0].clients[0].default).toBe('allow');
    });

    test('shows as one without a rule, and where nobody serves it', async () => {
        const { dom0 } = await dom0With('!default allow\n', {
            rules: { work: '!default allow\n', vault: blockList },
        });
        expect((await dom0.cli('list')).out).toContain(
            'work: all hosts, no rules\n',
        );
        expect((await dom0.cli('show')).out).toContain(
            'vault: it has no netvm, so it reaches nothing at all (all hosts but those of 1 rule)\n',
        );
    });

    test.each([
        ['github.com', 'is allowed, no rule of the block list matches it', 0],
        [
            'x.ADS.test',
            'is refused by rule 1, (^|\\.)ads\\.test$\n    /etc/qubes/filterproxy/qubes/work.rules:3',
            1,
        ],
        ['ads.test.', 'is refused: it has a dot at its end', 1],
        ['93.184.1.1', 'is refused: an address', 1],
        ['2a00::1', 'is refused: an address', 1],
        ['0x7f.1', 'is refused: an address', 1],
        ['localhost', 'is refused: a name without a dot', 1],
        ['ads.test?x', 'is refused: "?" is in no host name', 1],
        ['a..test', 'is refused: nothing stands before one of its dots', 1],
        [`${'a'.repeat(64)}.test`, 'is refused: no name is as long', 1],
        ['github.com:22', 'no rule of the block list matches it', 1],
    ])('check %s: %s', async (host, words, exitCode) => {
        const { dom0 } = await dom0With(blockList);
        const result = await dom0.cli('check', 'work', host);
        expect(result.out).toContain(`work: ${host} `);
        expect(result.out).toContain(words);
        expect(result.exitCode).toBe(exitCode);
    });

    test('warns of a rule that does not block what it looks like', async () => {
        const { dom0 } = await dom0With('!default allow\n.ads.test$\n');
        expect((await dom0.cli('list', 'work')).err).toBe(
            '/etc/qubes/filterproxy/qubes/work.rules:2: .ads.test$ does not match "ads.test" itself; for that host and its subdomains write (^|\\.)ads\\.test$\n',
        );
    });

    test('has rules of sets, judged as those of a block list', async () => {
        const { dom0, filter } = await dom0With('', {
            rules: { work: '!default allow\n!include ads\n' },
            files: { 'sets/ads.rules': 'doubleclick\n' },
        });
        expect(filter.applied.at(-1)?.clients[0]?.filter).toMatchObject({
            default: 'allow',
            rules: 1,
        });
        expect(await said(dom0, 'update')).toBe('sys-filter: in force\n0');
    });

    test('is not put together with a list of allowed hosts', async () => {
        const { dom0, filter } = await dom0With('', {
            rules: { work: blockList },
            files: { 'tags/red.rules': '^github\\.com$\n' },
            tags: { red: ['work'] },
        });
        expect(filter.applied.at(-1)?.clients[0]?.filter).toBeNull();
        expect(await said(dom0, 'update')).toContain(
            '/etc/qubes/filterproxy/qubes/work.rules:2: with this the rules here say which hosts are refused, but those of tags/red.rules say which are allowed; a qube can have one kind only',
        );
    });
});

describe('deny', () => {
    test('adds a rule to a block list and ends what is open', async () => {
        const { dom0, filter } = await dom0With(blockList);
        expect(await dom0.cli('deny', 'work', 'tracker.test')).toEqual({
            exitCode: 0,
            out: [
                'work: (^|\\.)tracker\\.test$ added',
                '    The host tracker.test and all its subdomains.',
                '    In a block list a name means its subdomains too; that host alone is ^tracker\\.test$',
                'sys-filter: in force; 2 open connections of work were ended',
                'work can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(await dom0.rules('work')).toBe(
            `${blockList}(^|\\.)tracker\\.test$\n`,
        );
        expect(filter.applied.at(-1)?.clients[0]?.filter?.rules).toBe(2);
    });

    test('changes nothing on trial', async () => {
        const { dom0 } = await dom0With(blockList);
        const args = ['deny', 'work', 'tracker.test', '--comment', 'x'];
        expect(await said(dom0, ...args, '--dry-run')).toContain(
            'would be added',
        );
        expect(await dom0.rules('work')).toBe(blockList);
    });

    test('lets what is open end by itself with --drain', async () => {
        const { dom0, filter } = await dom0With(blockList);
        await dom0.cli('deny', 'work', 'tracker.test', '--drain');
        expect(filter.applied.at(-1)?.clients[0]?.narrowing).toEqual({
            drainSeconds: 3600,
        });
    });

    test('keeps an expression as it is typed, however much it matches', async () => {
        const { dom0 } = await dom0With(blockList);
        await dom0.cli('deny', 'work', 'track[a-z]*\\.test$', '^ads[0-9]*\\.');
        expect(await dom0.rules('work')).toBe(
            `${blockList}track[a-z]*\\.test$\n^ads[0-9]*\\.\n`,
        );
    });

    test('says of a list of allowed hosts which rules let them through', async () => {
        const rules =
            '(^|\\.)github\\.com$\n^gist\\.github\\.com$\n^a\\.test$\n';
        const { dom0, filter } = await dom0With(rules);
        expect(await dom0.cli('deny', 'work', 'gist.github.com')).toEqual({
            exitCode: 1,
            out: '',
            err: [
                'work: gist.github.com is allowed by rule 1, (^|\\.)github\\.com$',
                '    /etc/qubes/filterproxy/qubes/work.rules:1',
                '    to take the rule back: qvm-filterproxy remove work 1',
                '    it lets through "github.com" too; where that is meant add a rule for it first',
                'work: gist.github.com is allowed by rule 2, ^gist\\.github\\.com$',
                '    /etc/qubes/filterproxy/qubes/work.rules:2',
                '    to take the rule back: qvm-filterproxy remove work 2',
                '',
            ].join('\n'),
        });
        expect(await said(dom0, 'deny', 'work', 'github.com')).toContain(
            'work: gist.github.com of github.com is allowed by rule 2',
        );
        expect(await said(dom0, 'deny', 'work', 'b.test', '1.1.1.1')).toBe(
            'work: b.test is refused already, no rule matches it\n' +
                'work: 1.1.1.1 is refused already, no rule matches it\n0',
        );
        expect(await dom0.rules('work')).toBe(rules);
        expect(filter.applied.length).toBe(1);
    });

    test('does not mix kinds of rules where a tag makes the block list', async () => {
        const { dom0 } = await dom0With('', {
            rules: {},
            files: { 'tags/red.rules': blockList },
            tags: { red: ['work'] },
        });
        expect(await said(dom0, 'deny', 'work', 'b.test')).toBe(
            'qvm-filterproxy: error: nothing was changed: qubes/work.rules is no block list\n' +
                '    to make it one: qvm-filterproxy default work allow\n1',
        );
    });
});

describe('allow for a block list', () => {
    test('adds nothing, and says which rules refuse the hosts', async () => {
        const { dom0 } = await dom0With(blockList);
        expect(await said(dom0, 'allow', 'work', 'x.ads.test')).toBe(
            [
                'work: x.ads.test is refused by rule 1, (^|\\.)ads\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:3',
                '    to take the rule back: qvm-filterproxy remove work 1',
                '    it refuses "ads.test" too; where that is meant add a rule for it first',
                '1',
            ].join('\n'),
        );
        expect(await said(dom0, 'allow', 'work', 'github.com')).toBe(
            'work: github.com is allowed already, no rule of the block list matches it\n0',
        );
        for (const host of ['1.1.1.1', 'localhost']) {
            expect(await said(dom0, 'allow', 'work', host)).toBe(
                `work: ${host} is refused: a block list lets plain host names through only\n1`,
            );
        }
        expect(await dom0.rules('work')).toBe(blockList);
    });
});

describe('remove from a block list', () => {
    test('finds what deny stored by what was typed, and opens the host', async () => {
        const { dom0, filter } = await dom0With(blockList);
        expect(await said(dom0, 'remove', 'work', 'ads.test')).toBe(
            'work: (^|\\.)ads\\.test$ removed\nsys-filter: in force\n0',
        );
        expect(filter.applied.at(-1)?.clients[0]?.filter).toMatchObject({
            default: 'allow',
            lines: [],
        });
    });

    test('says by which rule the hosts are refused all the same', async () => {
        const { dom0 } = await dom0With(`${blockList}^x\\.ads\\.test$\n`);
        expect(await said(dom0, 'remove', 'work', '2')).toBe(
            [
                'work: ^x\\.ads\\.test$ removed',
                '    all that it matches is still refused by rule 1, (^|\\.)ads\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:3',
                'sys-filter: in force',
                '0',
            ].join('\n'),
        );
        expect(await said(dom0, 'deny', 'work', 'y.ads.test')).toContain(
            'all that it matches is already refused by rule 1, ',
        );
    });
});

describe('default', () => {
    test('makes a block list of a qube without rules, with a warning', async () => {
        const { dom0, filter } = await dom0With('# nothing yet\n');
        expect(await dom0.cli('default', 'work', 'allow')).toEqual({
            exitCode: 0,
            out: [
                'work: all hosts allowed but those of its rules',
                '    It keeps programs from hosts that you name, and stops none that wants around it.',
                '    to name them: qvm-filterproxy deny work HOST',
                'sys-filter: in force',
                'work can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(await dom0.rules('work')).toBe(
            '!default allow\n# nothing yet\n',
        );
        expect(filter.applied.at(-1)?.clients[0]?.filter?.default).toBe(
            'allow',
        );
    });

    test.each([
        ['allow', '^a\\.test$\n!include x\n', '!default allow\n'],
        ['deny', `${blockList}`, '# ads\n'],
        ['allow', '!default deny\n^a\\.test$\n', '!default allow\n'],
    ])(
        'to %s never leaves rules that would mean the opposite',
        async (value, before, after) => {
            const { dom0 } = await dom0With(before, {
                files: { 'sets/x.rules': '^x\\.test$\n' },
            });
            const refused = await said(dom0, 'default', 'work', value);
            expect(refused).toContain(
                'nothing was changed: the rules of work say',
            );
            expect(refused).toMatch(/--clear\n1$/);
            expect(await dom0.rules('work')).toBe(before);
            const done = await said(dom0, 'default', 'work', value, '--clear');
            expect(done).toMatch(/taken away\n/);
            expect(done).toMatch(/0$/);
            expect(await dom0.rules('work')).toBe(after);
        },
    );

    test.each([
        [
            'tags/red.rules',
            '^github\\.com$\n',
            [],
            'qubes/work.rules:1: with this the rules here say which hosts are refused, but those of tags/red.rules say which are allowed; a qube can have one kind only',
        ],
        [
            'proxies/sys-filter.conf',
            '!upstream http 10.20.0.8:3128\n',
            ['--clear'],
            'proxies/sys-filter.conf:1: this closes plain HTTP, which is not possible with a block list (!default allow)',
        ],
    ])(
        'to allow changes nothing where %s contradicts',
        async (file, text, more, why) => {
            const before = more.length === 0 ? '# mine\n' : '^a\\.test$\n';
            const { dom0, filter } = await dom0With(before, {
                files: { [file]: text },
                tags: { red: ['work'] },
            });
            for (const trial of [[], ['--dry-run']]) {
                const args = ['default', 'work', 'allow', ...more, ...trial];
                expect(await said(dom0, ...args)).toBe(
                    'qvm-filterproxy: error: nothing was changed: work with ' +
                        'the default allow would have an error\n' +
                        `    /etc/qubes/filterproxy/${why}\n1`,
                );
            }
            expect(await dom0.rules('work')).toBe(before);
            expect(filter.applied.length).toBe(1);
        },
    );

    test('to deny closes what was open', async () => {
        const { dom0, filter } = await dom0With('!default allow\n');
        expect(await said(dom0, 'default', 'work', 'deny')).toContain(
            'work: it has no rules, so no proxy answers it\n',
        );
        expect(filter.applied.at(-1)?.clients).toEqual([]);
    });

    test('with --clear closes a qube whose default is deny already', async () => {
        const { dom0, filter } = await dom0With('# mine\n^a$\n^b$\n');
        const args = ['default', 'work', 'deny', '--clear'];
        expect((await dom0.cli(...args, '--dry-run')).out).toMatch(
            /^work: the default is deny already\n {4}2 rules would be taken away\n/,
        );
        const { out, exitCode } = await dom0.cli(...args);
        expect(out).toMatch(
            /^work: the default is deny already\n {4}2 rules taken away\n/,
        );
        expect(exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('# mine\n');
        expect(filter.applied.at(-1)?.clients).toEqual([]);
    });

    test('with --clear opens nothing that a block list refuses', async () => {
        const { dom0 } = await dom0With(blockList);
        const { out } = await dom0.cli('default', 'work', 'allow', '--clear');
        expect(out).toContain('the default is allow already\n    1 rule kept:');
        expect(await dom0.rules('work')).toBe(blockList);
    });

    test('that holds already is said to', async () => {
        const { dom0 } = await dom0With(blockList);
        expect(await said(dom0, 'default', 'work', 'allow')).toMatch(
            /^work: the default is allow already\n/,
        );
        expect(await dom0.rules('work')).toBe(blockList);
    });

    test('is allow or deny', async () => {
        const { dom0 } = await dom0With(blockList);
        expect(await said(dom0, 'default', 'work', 'drop')).toMatch(
            /'drop' is no default: say allow or deny[\s\S]*2$/,
        );
    });
});

describe('copy', () => {
    test('gives a block list, and says that it is one', async () => {
        const { dom0 } = await dom0With(blockList);
        expect((await dom0.cli('copy', 'work', 'banking')).out).toMatch(
            /^banking: all hosts but those of 1 rule of work copied\n/,
        );
    });

    test('does not put allowed hosts into a block list', async () => {
        const { dom0 } = await dom0With('', {
            rules: { work: '!default allow\n', banking: '^bank\\.test$\n' },
        });
        expect(await said(dom0, 'copy', 'banking', 'work')).toBe(
            'qvm-filterproxy: error: nothing was changed: work has a block list already\n' +
                '    to see them: qvm-filterproxy list work\n' +
                '    to end that: qvm-filterproxy default work deny --clear\n1',
        );
    });
});

test('a rule that was edited out is told if it is not in force', async () => {
    const { dom0 } = await dom0With(blockList, {
        agents: { 'sys-filter': closingAgent('no user id is left') },
        editor: fakeEditor([(text) => text.replace(/^\(.*\n/m, '')]),
    });
    const { err, exitCode } = await dom0.cli('edit', 'work');
    expect(err).toContain('work: stored, but sys-filter does not serve it');
    expect(exitCode).toBe(1);
});
