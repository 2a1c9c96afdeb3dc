import { describe, expect, test } from 'vitest';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const text = [
    '# what work is for',
    '(^|\\.)github\\.com$ comment=code',
    '',
    '^example\\.org$',
    'any\\.test$',
    '',
].join('\n');

async function dom0WithRules() {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        rules: { work: text },
        agents: { 'sys-filter': filter.agent },
    });
    return { dom0, filter };
}

describe('remove', () => {
    test('does not believe that the agent is gone for good', async () => {
        const { agent } = obedientAgent();
        let isGone = false;
        const dom0 = await fakeDom0({
            rules: { work: text },
            agents: {
                'sys-filter': (...call) =>
                    isGone ? outcome({ exitCode: 127 }) : agent(...call),
            },
        });
        await dom0.cli('update');
        isGone = true;
        const result = await dom0.cli('remove', 'work', '1');
        expect(result.exitCode).toBe(1);
        expect(result.err).toContain('what was in force there before may');
        expect(result.err).toContain(
            'qvm-shutdown --force --wait sys-filter && qvm-filterproxy update sys-filter',
        );
    });

    test.each([
        ['tag', '', '', 'tags/office.rules:1'],
        [
            'set',
            '^own\\.test$\n!include office\n',
            ', included at /etc/qubes/filterproxy/qubes/work.rules:2',
            'sets/office.rules:1',
        ],
    ])(
        'of a rule from a %s says where it stands, and how to take it back',
        async (_, own, via, place) => {
            const file = place.replace(/:1$/, '');
            const dom0 = await fakeDom0({
                ...(own === '' ? {} : { rules: { work: own } }),
                files: { [file]: '^office\\.test$\n' },
                tags: { office: ['work'] },
                agents: { 'sys-filter': obedientAgent().agent },
            });
            const result = await dom0.cli('remove', 'work', 'office.test');
            expect(result).toEqual({
                exitCode: 1,
                out: '',
                err:
                    'qvm-filterproxy: error: nothing was changed: work has ' +
                    "the rule 'office.test' from another file than its own\n" +
                    `    /etc/qubes/filterproxy/${place}${via}\n` +
                    '    to take the rule back delete that line; it concerns ' +
                    'all that have it\n',
            });
        },
    );

    test('of a file that only includes sets says how to take one out', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '!include dev\n' },
            files: { 'sets/dev.rules': '^a\\.test$\n' },
        });
        expect((await dom0.cli('remove', 'work', '1')).err).toBe(
            [
                'qvm-filterproxy: error: nothing was changed: work has no rules but by what it includes',
                '    to see them: qvm-filterproxy list work --effective',
                '    to take an !include out: qvm-filterproxy edit work',
                '',
            ].join('\n'),
        );
    });

    test.each([
        ['as it is stored', '(^|\\.)github\\.com$'],
        ['as it was typed', 'github\\.com$'],
        ['as a host with its subdomains', '.github.com'],
        ['by its number', '1'],
    ])('finds a rule %s', async (_, word) => {
        const { dom0, filter } = await dom0WithRules();
        const result = await dom0.cli('remove', 'work', word);
        expect(result).toEqual({
            exitCode: 0,
            out: 'work: (^|\\.)github\\.com$ removed\nsys-filter: in force\n',
            err: '',
        });
        expect(await dom0.rules('work')).toBe(
            '# what work is for\n\n^example\\.org$\nany\\.test$\n',
        );
        expect(filter.applied.at(-1)?.clients[0]?.filter?.rules).toBe(2);
    });

    test('finds a rule that was stored as typed', async () => {
        const { dom0 } = await dom0WithRules();
        const result = await dom0.cli('remove', 'work', 'any\\.test$');
        expect(result.out).toContain('work: any\\.test$ removed\n');
    });

    test('takes numbers as they were before, all or none', async () => {
        const { dom0 } = await dom0WithRules();
        await dom0.cli('remove', 'work', '1', '2', '3');
        expect(await dom0.rules('work')).toBe('# what work is for\n\n');
    });

    test('of one of two equal rules says that the other is in force', async () => {
        const { agent } = obedientAgent();
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n^b\\.test$\n^a[.]test$\n^a\\.test$\n' },
            agents: { 'sys-filter': agent },
        });
        expect((await dom0.cli('remove', 'work', '1', '2')).out).toBe(
            [
                'work: ^a\\.test$ removed',
                '    still in force: rule 1 says the same',
                'work: ^b\\.test$ removed',
                'sys-filter: in force',
                '',
            ].join('\n'),
        );
        expect(await dom0.rules('work')).toBe('^a[.]test$\n^a\\.test$\n');
    });

    test('says by which rules the hosts are allowed all the same', async () => {
        const dom0 = await fakeDom0({
            rules: {
                work: '^a\\.test$\n^x\\.b\\.test$\n(^|\\.)c\\.test$\n^d\\.test$\n\n(^|\\.)b\\.test$ expire=1795525200\n^c\\.test$\n',
            },
            files: {
                'tags/red.rules': '\n!include dev\n',
                'sets/dev.rules': '^a[.]test$\n',
            },
            tags: { red: ['work'] },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const args = ['remove', 'work', '1', '2', '3', '4'];
        const trial = await dom0.cli(...args, '--dry-run', '--json');
        const dev = { file: 'sets/dev.rules', line: 1 };
        expect(JSON.parse(trial.out).rules).toMatchObject([
            { by: { ...dev, via: [{ line: 2 }], host: null } },
            { by: { file: 'qubes/work.rules', line: 2, host: null } },
            { by: { line: 3, host: 'c.test' } },
            { by: null },
        ]);
        expect((await dom0.cli(...args)).out).toBe(
            [
                'work: ^a\\.test$ removed',
                '    all that it matches is still allowed by ^a[.]test$',
                '    /etc/qubes/filterproxy/sets/dev.rules:1, included at /etc/qubes/filterproxy/tags/red.rules:2',
                'work: ^x\\.b\\.test$ removed',
                '    all that it matches is still allowed by rule 1, (^|\\.)b\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:2, expires in 1 h, 2026-11-24 13:00',
                'work: (^|\\.)c\\.test$ removed',
                '    c.test itself is still allowed by rule 2, ^c\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:3',
                'work: ^d\\.test$ removed',
                'sys-filter: in force',
                '',
            ].join('\n'),
        );
    });

    test('by its text takes all that are written so', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n^b\\.test$\n^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('remove', 'work', 'a.test');
        expect(await dom0.rules('work')).toBe('^b\\.test$\n');
    });

    test('takes a rule named twice once', async () => {
        const { dom0 } = await dom0WithRules();
        const args = ['remove', 'work', '2', 'example.org', '2'];
        expect((await dom0.cli(...args)).out).toBe(
            'work: ^example\\.org$ removed\nsys-filter: in force\n',
        );
    });

    test('cannot take a number for a rule: no rule’s text is one', () => {
        for (const number of ['1', '42', '134744072']) {
            expect(parseRuleText('qubes/work.rules', `${number}\n`).ok).toBe(
                false,
            );
        }
    });

    test('shows the first of many rules to choose from', async () => {
        const many = Array.from({ length: 50 }, (_, at) => `^h${at}\\.test$\n`);
        const dom0 = await fakeDom0({ rules: { work: many.join('') } });
        const { err } = await dom0.cli('remove', 'work', '51');
        expect(err).toContain("has no rule '51', but these:\n");
        expect(err).toMatch(
            / 20 {2}.*\n {4}and 30 more: qvm-filterproxy list work\n$/,
        );
    });

    test.each(['4', '0', 'nosuch.test', '\x1b[2J'])(
        'shows what there is instead of %j, and changes nothing',
        async (word) => {
            const { dom0 } = await dom0WithRules();
            const result = await dom0.cli('remove', 'work', '1', word);
            expect(result.err).toContain(
                'nothing was changed: work has no rule',
            );
            expect(result.err).toContain(
                '    2  ^example\\.org$      The host example.org and no other.\n',
            );
            expect(result.err).not.toContain('\x1b');
            expect(result.exitCode).toBe(1);
            expect(await dom0.rules('work')).toBe(text);
        },
    );

    test('of the last rule closes the door, which the ProxyVM is told', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n' },
            agents: { 'sys-filter': filter.agent },
        });
        await dom0.cli('update');
        const result = await dom0.cli('remove', 'work', 'a.test');
        expect(result.out).toBe(
            [
                'work: ^a\\.test$ removed',
                'sys-filter: in force; 2 open connections of work were ended',
                'work: it has no rules, so no proxy answers it',
                '',
            ].join('\n'),
        );
        expect(filter.applied.map(({ clients }) => clients.length)).toEqual([
            1, 0,
        ]);
        expect(await dom0.deps.told.read()).toEqual(new Map());
    });

    test('from a served qube says that its connections were ended', async () => {
        const { dom0 } = await dom0WithRules();
        await dom0.cli('update');
        expect((await dom0.cli('remove', 'work', '1')).out).toContain(
            'sys-filter: in force; 2 open connections of work were ended\n',
        );
    });

    describe('with --drain', () => {
        const wider =
            'work: what it had open before may go on by the old rules until ' +
            'it ends, for at most 60 minutes\n' +
            '    to end it now: qvm-filterproxy restart work\n';

        test('lets connections go on by the rules of before, and says so', async () => {
            const { dom0, filter } = await dom0WithRules();
            await dom0.cli('update');
            const result = await dom0.cli('remove', 'work', '1', '--drain');
            expect(result).toEqual({
                exitCode: 0,
                out:
                    'work: (^|\\.)github\\.com$ removed\n' +
                    `sys-filter: in force\n${wider}`,
                err: '',
            });
            expect(filter.applied.at(-1)?.clients).toMatchObject([
                { name: 'work', narrowing: { drainSeconds: 3600 } },
            ]);
        });

        test('is for the qubes that it is about, and for once', async () => {
            const filter = obedientAgent();
            const dom0 = await fakeDom0({
                rules: { work: text, banking: '^bank\\.org$\n' },
                agents: { 'sys-filter': filter.agent },
            });
            await dom0.cli('remove', 'work', '1', '--drain');
            await dom0.cli('update');
            const narrowings = filter.applied.map(({ clients }) =>
                clients.map(({ name, narrowing }) => [name, narrowing]),
            );
            expect(narrowings).toEqual([
                [
                    ['banking', 'end'],
                    ['work', { drainSeconds: 3600 }],
                ],
                [
                    ['banking', 'end'],
                    ['work', 'end'],
                ],
            ]);
        });

        test('with --dry-run asks for just that', async () => {
            const { dom0, filter } = await dom0WithRules();
            await dom0.cli('update');
            const dry = ['remove', 'work', '1', '--drain', '--dry-run'];
            expect((await dom0.cli(...dry)).out).toContain(wider);
            expect(filter.applied).toHaveLength(1);
        });
    });

    test('of a locked qube’s last rule says that it reaches nothing', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('lock', 'work');
        expect((await dom0.cli('remove', 'work', '1')).out).toContain(
            'work is locked, so it reaches nothing at all\n    to let it out again: qvm-filterproxy unlock work\n',
        );
    });

    test('fails when the agent still serves by the rules of before', async () => {
        const good = obedientAgent();
        const agent: FakeAgent = (verb, input) => {
            const { stdout, ...rest } = good.agent(verb, input);
            const held = stdout
                .toString()
                .replace(
                    '"state":"served","reason":""',
                    '"state":"held","reason":"no luck"',
                );
            return { ...rest, stdout: Buffer.from(held) };
        };
        const dom0 = await fakeDom0({
            rules: { work: text },
            agents: { 'sys-filter': agent },
        });
        const result = await dom0.cli('remove', 'work', '1');
        expect(result.err).toContain(
            'work: removed from its file, but sys-filter still serves it by its rules of before: "no luck"\n',
        );
        expect(result.exitCode).toBe(1);
    });

    test('from a qube without netvm says things once', async () => {
        const dom0 = await fakeDom0({ rules: { vault: '^a$\n^b$\n' } });
        expect((await dom0.cli('remove', 'vault', '1')).out).toBe(
            [
                'vault: ^a$ removed',
                'vault: it has no netvm, so it reaches nothing at all',
                '    to give it one: qvm-prefs vault netvm NETVM',
                '',
            ].join('\n'),
        );
    });

    test('tells the ProxyVM that the qube was moved away from as well', async () => {
        const [first, second] = [obedientAgent(), obedientAgent()];
        const dom0 = await fakeDom0({
            rules: { work: text },
            agents: { 'sys-filter': first.agent, 'sys-filter2': second.agent },
        });
        await dom0.cli('update');
        dom0.qubes = exampleWith({ name: 'work', netvm: 'sys-filter2' });
        const result = await dom0.cli('remove', 'work', '1');
        expect(result.exitCode).toBe(0);
        expect(first.applied.at(-1)?.clients).toEqual([]);
        expect(second.applied.at(-1)?.clients.length).toBe(1);
    });

    test('fails when the old rules may still be in force', async () => {
        const dom0 = await fakeDom0({
            rules: { work: text },
            agents: { 'sys-filter': () => outcome({ exitCode: 255 }) },
        });
        const result = await dom0.cli('remove', 'work', '1');
        expect(result.err).toBe(
            [
                'work: removed from its file, but sys-filter could not be told: it went away in the middle; what was in force there before may still be',
                '    to try again: qvm-filterproxy update sys-filter',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
    });

    test('with --dry-run leaves everything as it is', async () => {
        const { dom0, filter } = await dom0WithRules();
        const result = await dom0.cli('remove', 'work', '1', '--dry-run');
        expect(result.out).toContain('would be removed\nsys-filter would:\n');
        expect(await dom0.rules('work')).toBe(text);
        expect(filter.applied).toEqual([]);
    });

    test('with --json names the rules that went', async () => {
        const { dom0 } = await dom0WithRules();
        const { out } = await dom0.cli('remove', 'work', '1', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'remove',
            rules: [{ line: 2, comment: 'code' }],
        });
    });
});
