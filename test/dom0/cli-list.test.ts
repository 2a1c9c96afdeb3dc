import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith, uuidOf } from './fake-qubes.ts';
import { noRules } from './no-rules.ts';

const rules = {
    work: '(^|\\.)github\\.com$ comment=code\n\n^example\\.org$\n',
    banking: '^bank\\.test$\n',
};

const workListed = [
    'work: 2 rules',
    '    1  (^|\\.)github\\.com$  The host github.com and all its subdomains.  (code)',
    '    2  ^example\\.org$      The host example.org and no other.',
    '',
].join('\n');

describe('list', () => {
    test.each([
        [['list', 'work']],
        [['work']],
        [['work', 'list']],
        [['-q', 'work']],
    ])(
        'prints numbered rules, what they mean and their comments: %j',
        async (args) => {
            const dom0 = await fakeDom0({ rules });
            expect(await dom0.cli(...args)).toEqual({
                exitCode: 0,
                out: workListed,
                err: '',
            });
            expect(dom0.commands).toEqual(['qvm-prefs work']);
        },
    );

    test('prints the rules of all qubes, those that are gone too', async () => {
        const dom0 = await fakeDom0({ rules: { ...rules, old: '^a$\n' } });
        const { out } = await dom0.cli('list');
        expect(out).toMatch(/^banking: 1 rule\n/);
        expect(out).toContain('old (there is no such qube): 1 rule\n');
        expect(out).toContain(workListed);
    });

    test('says that without rules nothing answers, and how to begin', async () => {
        const dom0 = await fakeDom0();
        expect((await dom0.cli('list', 'work')).out).toBe(
            'work: no rules, so no proxy answers it\n',
        );
        expect((await dom0.cli('list')).out).toBe(noRules);
    });

    test('of a disposable prints its template’s rules', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith({
                name: 'disp12',
                class: 'DispVM',
                template: 'work-dvm',
            }),
            rules: { 'work-dvm': '^a$\n' },
        });
        const { out } = await dom0.cli('disp12');
        expect(out).toMatch(/^disp12, as work-dvm: 1 rule\n/);
    });

    test('names every error of a file, prints the others, and fails', async () => {
        const dom0 = await fakeDom0({
            rules: { ...rules, banking: '(\n!x\n' },
        });
        const result = await dom0.cli('list');
        expect(result.out).toBe(workListed);
        expect(result.err).toMatch(
            /^\/etc\/qubes\/filterproxy\/qubes\/banking\.rules:1: /,
        );
        expect(result.err).toMatch(
            /\n\/etc\/qubes\/filterproxy\/qubes\/banking\.rules:2: /,
        );
        expect(result.exitCode).toBe(1);
    });

    test('says when a file is of another qube of that name', async () => {
        const dom0 = await fakeDom0({ rules, owners: { work: uuidOf('x') } });
        const result = await dom0.cli('work');
        expect(result.out).toBe(
            workListed.replace('work:', 'work (an earlier qube):'),
        );
        expect(result.err).toContain('so it is not in force\n');
        expect(result.err).toContain('qvm-filterproxy restore work\n');
    });

    test('says how to use a file whose qube is gone', async () => {
        const dom0 = await fakeDom0({
            rules: { old: '^a$\n', coming: '^b$\n' },
            owners: { old: uuidOf('old') },
        });
        const said =
            "/etc/qubes/filterproxy/qubes/old.rules: not in force: there is no qube 'old' any more; to give it to another: qvm-filterproxy restore QUBE --from old\n";
        expect((await dom0.cli('list')).err).toBe(said);
        expect((await dom0.cli('old')).err).toBe(said);
        expect((await dom0.cli('coming')).err).toBe('');
    });

    test('reaches a qube that is called like a command behind --', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith({ name: 'list' }),
            rules: { list: '^a$\n' },
        });
        expect((await dom0.cli('--', 'list')).out).toMatch(/^list: 1 rule\n/);
        expect((await dom0.cli('list', 'list')).out).toMatch(/^list: 1 rule\n/);
        const removed = await dom0.cli('--', 'list', 'remove', '1');
        expect(removed.out).toContain('list: ^a$ removed\n');
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await fakeDom0({ rules });
        const { out } = await dom0.cli('banking', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'list',
            qubes: [
                {
                    qube: 'banking',
                    file: 'qubes/banking.rules',
                    exists: true,
                    inForce: true,
                    stopped: null,
                    learning: null,
                    default: 'deny',
                    rules: [
                        {
                            line: 1,
                            expression: '^bank\\.test$',
                            comment: null,
                            expire: null,
                            untilShutdown: false,
                            meaning: 'The host bank.test and no other.',
                        },
                    ],
                    includes: [],
                    tags: [],
                    effective: null,
                    problems: [],
                    warnings: [],
                },
            ],
            sets: [],
            tags: [],
            problems: [],
            warnings: [],
        });
    });

    test('of an unknown qube is an error of the command line', async () => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli('list', 'wrk');
        expect(result.err).toBe(
            "usage: qvm-filterproxy list [options] [QUBE...]\nqvm-filterproxy: error: no such qube: 'wrk'; did you mean work?\n",
        );
        expect(result.exitCode).toBe(2);
    });

    test('is sorted by the names of the qubes', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a$\n', 'work-dvm': '^a$\n' },
        });
        expect((await dom0.cli('list')).out).toMatch(/^work: .*\nwork-dvm: /s);
    });

    test('warns of a rule with an open end, without failing', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '# mine\nexample.com\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const warning =
            '/etc/qubes/filterproxy/qubes/work.rules:2: example.com also matches "example.com.example.org"; for that host only write ^example\\.com$\n';
        for (const command of ['list', 'update', 'show']) {
            expect(await dom0.cli(command)).toMatchObject({
                exitCode: 0,
                err: warning,
            });
        }
    });
});

test('without a command the help is printed, as an error', async () => {
    const dom0 = await fakeDom0();
    const result = await dom0.cli();
    expect(result.exitCode).toBe(2);
    expect(result.err).toContain('qvm-filterproxy allow work github.com');
});

test.each(['allow', 'remove', 'list', 'show', 'update', 'lock', 'unlock'])(
    'the help of %s has an example',
    async (command) => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli(command, '--help');
        expect(result.out).toMatch(/Examples?:\n {2}qvm-filterproxy /);
        expect(result).toMatchObject({ exitCode: 0, err: '' });
    },
);

test('--version says what this is', async () => {
    const dom0 = await fakeDom0();
    expect((await dom0.cli('--version')).out).toMatch(
        /^qvm-filterproxy \d+\.\d+\.\d+\n$/,
    );
});
