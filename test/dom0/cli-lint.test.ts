import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';

const config = '/etc/qubes/filterproxy';

async function lintOf(options: FakeDom0Options, ...args: string[]) {
    const dom0 = await fakeDom0(options);
    const { out, err, exitCode } = await dom0.cli('lint', ...args);
    expect(err).toBe('');
    return { lines: out.replaceAll(config, '…').split('\n'), exitCode };
}

test('lint says so when there is nothing to say', async () => {
    const dom0 = await fakeDom0({
        rules: {
            work: '# mine\n^a\\.test$\n\\.b\\.test$\n!include dev\n',
            banking: '(^|\\.)bank\\.test$ comment=x\n',
        },
        files: {
            'sets/dev.rules': '^c[0-9]+\\.test$\n(^|\\.)d\\.test$\n',
            'tags/red.rules': '!include dev\n^e\\.test$\n',
        },
        tags: { red: ['banking'] },
    });
    expect(await dom0.cli('lint')).toEqual({
        exitCode: 0,
        out: 'nothing found\n',
        err: '',
    });
    expect(await dom0.cli('lint', 'work')).toMatchObject({ exitCode: 0 });
    expect(await (await fakeDom0()).cli('lint')).toMatchObject({ exitCode: 0 });
});

test('lint of a qube names the errors of what holds for its ProxyVM', async () => {
    const proxies = (name: string) => `proxies/${name}.conf`;
    const found = await lintOf(
        {
            rules: { work: '^a\\.test$\n' },
            files: {
                [proxies('sys-filter')]: '!timeoutt 5\n',
                [proxies('sys-other')]: '!timeoutt 5\n',
            },
        },
        'work',
    );
    expect(found.lines.join('\n')).toMatch(
        /^…\/proxies\/sys-filter\.conf:1: no such directive/,
    );
    expect(found.lines.join('\n')).not.toContain('sys-other');
    expect(found.exitCode).toBe(1);
});

describe('lint finds, with its place and what to do about it,', () => {
    test('what hosts are matched that are hardly meant', async () => {
        expect(
            await lintOf({
                rules: {
                    work: '\ngithub\\.com$  comment=x\n^a.test$\nb.test\n.*\n',
                },
            }),
        ).toEqual({
            exitCode: 1,
            lines: [
                '…/qubes/work.rules:2: github\\.com$ also matches "evilgithub.com": it may start in the middle of a label',
                '    write (^|\\.)github\\.com$',
                '…/qubes/work.rules:3: ^a.test$ also matches "axtest": a "." without "\\" before it is any character',
                '    write ^a\\.test$',
                '…/qubes/work.rules:4: b.test also matches "bxtest": a "." without "\\" before it is any character; also matches "evilb.test": it may start in the middle of a label; also matches "b.test.example.org": without "$" anything may follow',
                '    write ^b\\.test$',
                '…/qubes/work.rules:5: .* matches hosts that have nothing in common, such as "unrelated.com" and "unrelated.org"',
                '    name the hosts that are meant',
                'to see the narrower rules (3) as well: qvm-filterproxy lint --fix --narrow --dry-run',
                '',
            ],
        });
    });

    test('rules that let through what others register, but in a block list', async () => {
        const rules = '(^|\\.)co\\.uk$\n\\.amazonaws\\.com$\n^com$\n';
        const found = await lintOf({
            rules: { work: rules, banking: `!default allow\n${rules}` },
        });
        expect(found).toEqual({
            exitCode: 1,
            lines: [
                '…/qubes/work.rules:1: (^|\\.)co\\.uk$: anybody can register a name below co.uk',
                '    name the hosts that are meant',
                '…/qubes/work.rules:2: \\.amazonaws\\.com$: below amazonaws.com others can register names, too',
                '    name the hosts that are meant',
                '',
            ],
        });
    });

    test('rules that match nothing that can be a host', async () => {
        expect(
            await lintOf({ rules: { work: '^\\.a\\.test$\n^b\\.test$\n' } }),
        ).toEqual({
            exitCode: 1,
            lines: [
                '…/qubes/work.rules:1: no host can match ^\\.a\\.test$: this only matches names with an empty label, such as ".a.test", and no host has one',
                '    remove the line',
                'to remove the lines that change nothing (1): qvm-filterproxy lint --fix',
                '',
            ],
        });
    });

    test('rules that stand twice, or that another one covers', async () => {
        expect(
            await lintOf({
                rules: {
                    work: '^a\\.test$\n^A\\.test$\n^a\\.test$\n!include dev\n^x\\.b\\.test$\n^(y|z)\\.b\\.test$\n^www\\.c5\\.test$\n',
                },
                files: {
                    'sets/dev.rules':
                        '!include more\n(^|\\.)b\\.test$\n\\.b\\.test$\n',
                    'sets/more.rules': '(^|\\.)c[0-9]\\.test$\n',
                },
            }),
        ).toEqual({
            exitCode: 1,
            lines: [
                '…/qubes/work.rules:2: ^A\\.test$ says the same as ^a\\.test$',
                '    at …/qubes/work.rules:1',
                '    remove the line',
                '…/qubes/work.rules:3: ^a\\.test$ stands twice',
                '    at …/qubes/work.rules:1',
                '    remove the line',
                '…/qubes/work.rules:5: all that ^x\\.b\\.test$ matches, (^|\\.)b\\.test$ matches too',
                '    at …/sets/dev.rules:2, included at …/qubes/work.rules:4',
                '    remove the line',
                '…/qubes/work.rules:6: all that ^(y|z)\\.b\\.test$ matches, (^|\\.)b\\.test$ matches too',
                '    at …/sets/dev.rules:2, included at …/qubes/work.rules:4',
                '    remove the line',
                '…/qubes/work.rules:7: all that ^www\\.c5\\.test$ matches, (^|\\.)c[0-9]\\.test$ matches too',
                '    at …/sets/more.rules:1, included at …/qubes/work.rules:4 and …/sets/dev.rules:1',
                '    remove the line',
                '…/sets/dev.rules:3: all that \\.b\\.test$ matches, (^|\\.)b\\.test$ matches too',
                '    at …/sets/dev.rules:2',
                '    remove the line',
                'to remove the lines that change nothing (6): qvm-filterproxy lint --fix',
                '',
            ],
        });
    });

    test('what a tag gives a qube anyway, and leaves it to the user', async () => {
        const { lines } = await lintOf(
            {
                rules: { work: '^a\\.test$\n' },
                files: { 'tags/red.rules': '(^|\\.)a\\.test$\n' },
                tags: { red: ['work'] },
            },
            'work',
        );
        expect(lines).toEqual([
            '…/qubes/work.rules:1: all that ^a\\.test$ matches, (^|\\.)a\\.test$ matches too',
            '    at …/tags/red.rules:1',
            '    remove the line, unless it is to hold without the tag as well, or for disposables',
            '',
        ]);
    });

    test('sets and tags that nobody uses, and sets without rules', async () => {
        const { lines } = await lintOf({
            rules: { work: '!include none\n!include none\n^a$\n' },
            files: {
                'sets/none.rules': '# later\n',
                'sets/lone.rules': '!include lost\n',
                'sets/lost.rules': '^b$\n',
                'tags/blue.rules': '^c$\n',
            },
        });
        expect(lines).toEqual([
            '…/qubes/work.rules:1: there are no rules in the set none',
            '    remove the line',
            '…/qubes/work.rules:2: !include none stands twice',
            '    at …/qubes/work.rules:1',
            '    remove the line',
            '…/sets/lone.rules: no file of a qube or a tag includes this set',
            '    to remove the file: rm …/sets/lone.rules',
            '…/sets/lost.rules: no file of a qube or a tag includes this set',
            '    to remove the file: rm …/sets/lost.rules',
            '…/tags/blue.rules: no qube has the tag blue',
            '    to give it to one: qvm-tags QUBE add blue',
            '    to remove the file: rm …/tags/blue.rules',
            'to remove the lines that change nothing (2): qvm-filterproxy lint --fix',
            '',
        ]);
    });

    test('files of qubes that there are not', async () => {
        const { lines } = await lintOf({
            qubes: exampleWith({
                name: 'disp12',
                class: 'DispVM',
                template: 'work-dvm',
            }),
            rules: {
                old: 'loose\n',
                coming: '^a$\n',
                disp12: '^a$\n',
                banking: '^a$\n',
            },
            owners: { old: uuidOf('old'), banking: uuidOf('x') },
            files: { 'proxies/sys-old.conf': '# none\n' },
        });
        expect(lines).toEqual([
            "…/proxies/sys-old.conf: not in force: there is no qube 'sys-old'",
            '    to remove the file: rm …/proxies/sys-old.conf',
            '…/qubes/banking.rules: not in force: written for an earlier qube banking',
            '    to use it: qvm-filterproxy restore banking',
            "…/qubes/coming.rules: not in force: there is no qube 'coming'",
            '    to remove the file: rm …/qubes/coming.rules',
            '…/qubes/disp12.rules: not in force: disp12 has the rules of work-dvm',
            '    to remove the file: rm …/qubes/disp12.rules',
            "…/qubes/old.rules: not in force: there is no qube 'old' any more; to give it to another: qvm-filterproxy restore QUBE --from old",
            '    to remove the file: rm …/qubes/old.rules',
            '',
        ]);
    });

    test('all errors, and then not what may be wrong because of them', async () => {
        const { lines, exitCode } = await lintOf({
            rules: { work: 'a(\n^b$\n', banking: '!include nosuch\n^c$\n' },
            files: { 'sets/a.txt': '', 'sets/dev.rules': '^d$\n' },
        });
        expect(exitCode).toBe(1);
        expect(lines).toEqual([
            "…/qubes/banking.rules:1: there is no set 'nosuch' (sets/nosuch.rules)",
            '…/qubes/work.rules:1: this "(" has no ")"; for the character write "\\("',
            '    a(',
            '     ^',
            '…/sets/a.txt: not in force: its name does not end in .rules',
            '',
        ]);
    });
});

test('lint of a qube looks at all files that have rules for it', async () => {
    const options = {
        rules: { work: 'a\\.test$\n!include dev\n', banking: 'b\\.test$\n' },
        files: {
            'sets/dev.rules': 'c\\.test$\n',
            'tags/red.rules': 'd\\.test$\n',
        },
        tags: { red: ['work'] },
    };
    const dom0 = await fakeDom0(options);
    const { out } = await dom0.cli('work', 'lint');
    expect(out.match(/^\S+:\d+/gm)).toEqual([
        `${config}/qubes/work.rules:1`,
        `${config}/sets/dev.rules:1`,
        `${config}/tags/red.rules:1`,
    ]);
    expect(out).toContain('qvm-filterproxy lint work --fix --narrow');
    expect((await dom0.cli('lint', 'nosuch')).exitCode).toBe(2);
});

const messy = `# mine
^a\\.test$
  ^a\\.test$   # twice
!include dev  # all

^x\\.b\\.test$ comment=covered
github\\.com$\tcomment=code
^\\.c\\.test$
`;

async function messyDom0() {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': filter.agent },
        rules: { work: messy, banking: '!include dev\n' },
        files: { 'sets/dev.rules': '(^|\\.)b\\.test$\n^b\\.test$\n' },
    });
    return { dom0, filter };
}

describe('lint --fix', () => {
    test('removes what changes nothing, keeps the user’s own, and tells', async () => {
        const { dom0, filter } = await messyDom0();
        const { out, exitCode, err } = await dom0.cli('lint', '--fix');
        expect(err).toBe('');
        expect(await dom0.rules('work')).toBe(
            '# mine\n^a\\.test$\n# twice\n!include dev  # all\n\ngithub\\.com$\tcomment=code\n',
        );
        expect(await readFile(dom0.config('sets/dev.rules'), 'utf8')).toBe(
            '(^|\\.)b\\.test$\n',
        );
        expect(out).toContain(
            `${config}/qubes/work.rules:3: ^a\\.test$ stands twice
    at ${config}/qubes/work.rules:2
    -   ^a\\.test$   # twice
    + # twice
`,
        );
        expect(out).toContain('    write (^|\\.)github\\.com$\n');
        expect(out).toMatch(/\nsys-filter: in force\n$/);
        expect(exitCode).toBe(1);
        expect(filter.applied.length).toBe(1);
    });

    test('with --narrow writes narrower rules, and leaves nothing', async () => {
        const { dom0 } = await messyDom0();
        const { exitCode } = await dom0.cli('lint', '--fix', '--narrow');
        expect(exitCode).toBe(0);
        expect(await dom0.rules('work')).toContain(
            '\n(^|\\.)github\\.com$\tcomment=code\n',
        );
        expect(await dom0.cli('lint')).toMatchObject({
            exitCode: 0,
            out: 'nothing found\n',
        });
    });

    test('with --dry-run shows the lines, and changes nothing', async () => {
        const { dom0, filter } = await messyDom0();
        const args = ['--fix', '--narrow', '--dry-run'];
        const { out, exitCode } = await dom0.cli('lint', ...args);
        expect(out).toContain(
            '    - github\\.com$ comment=code\n    + (^|\\.)github\\.com$ comment=code\n',
        );
        expect(out).toMatch(/\nsys-filter would:\n/);
        expect(exitCode).toBe(1);
        expect(await dom0.rules('work')).toBe(messy);
        expect(filter.applied).toEqual([]);
    });

    test('with nothing to mend tells nobody', async () => {
        const { dom0, filter } = await messyDom0();
        await dom0.cli('lint', '--fix', '--narrow');
        const told = filter.applied.length;
        expect(await dom0.cli('lint', '--fix')).toEqual({
            exitCode: 0,
            out: 'nothing found\n',
            err: '',
        });
        expect(filter.applied.length).toBe(told);
    });

    test('leaves files alone that are not in force or have errors', async () => {
        const { dom0 } = await messyDom0();
        await writeFile(dom0.config('qubes/old.rules'), '^a$\n^a$\n');
        await writeFile(dom0.config('qubes/banking.rules'), '(\n^a$\n^a$\n');
        await dom0.cli('lint', '--fix', '--narrow');
        expect(await dom0.rules('old')).toBe('^a$\n^a$\n');
        expect(await dom0.rules('banking')).toBe('(\n^a$\n^a$\n');
    });

    test.each(['--narrow', '--dry-run'])(
        '%s goes with it only',
        async (flag) => {
            const { dom0 } = await messyDom0();
            const { exitCode, err } = await dom0.cli('lint', flag);
            expect(exitCode).toBe(2);
            expect(err).toContain(
                `error: ${flag} can only be used with --fix\n`,
            );
        },
    );
});

describe('rules that end', () => {
    const past = 'expire=1000000000';
    const [soon, later] = ['expire=2000000000', 'expire=2000000001'];

    test('are named when they have, and go with --fix', async () => {
        const dom0 = await fakeDom0({
            rules: {
                work: `^a\\.test$ ${past}\n^b\\.test$ until-shutdown=c295b21f.5\n^c\\.test$ until-shutdown=c295b21f.99\n^d\\.test$ ${soon}\n`,
            },
        });
        const { out } = await dom0.cli('lint');
        expect(out.replaceAll(config, '…').split('\n')).toEqual([
            '…/qubes/work.rules:1: ^a\\.test$ does not hold any more: its time has passed',
            '    remove the line',
            '…/qubes/work.rules:3: ^c\\.test$ does not hold any more: the run of the qube that it was for has ended',
            '    remove the line',
            'to remove the lines that change nothing (2): qvm-filterproxy lint --fix',
            '',
        ]);
        await dom0.cli('lint', '--fix');
        expect(await dom0.rules('work')).toBe(
            `^b\\.test$ until-shutdown=c295b21f.5\n^d\\.test$ ${soon}\n`,
        );
    });

    test('are named in the file of a qube that the run is not of', async () => {
        const run = 'until-shutdown=c295b21f.5';
        const dom0 = await fakeDom0({
            qubes: exampleWith(disposable, { name: 'work', xid: 5 }),
            rules: {
                work: `^a\\.test$ ${run}\n`,
                vault: `^a\\.test$ ${run}\n`,
                'work-dvm': '^a\\.test$ until-shutdown=c295b21f.12\n',
            },
            files: { 'sets/x.rules': `^a\\.test$ ${run}\n` },
        });
        const { out } = await dom0.cli('lint', '--json');
        expect(
            JSON.parse(out)
                .findings.filter(
                    ({ kind }: { kind: string }) => kind === 'expired',
                )
                .map(({ file }: { file: string }) => file),
        ).toEqual(['qubes/vault.rules']);
    });

    test('cover none that holds longer', async () => {
        const { lines } = await lintOf({
            rules: {
                work: `(^|\\.)a\\.test$ ${soon}\n^a\\.test$\n^a\\.test$ ${later}\n^b\\.test$ ${soon}\n^b\\.test$ ${later}\n^b\\.test$ ${soon}\n`,
            },
        });
        expect(lines.filter((line) => line.startsWith('…'))).toEqual([
            '…/qubes/work.rules:3: ^a\\.test$ stands twice',
            '…/qubes/work.rules:6: ^b\\.test$ stands twice',
        ]);
    });
});

describe('in a block list', () => {
    test('a rule may match more, and what it lacks is told', async () => {
        const { lines } = await lintOf({
            rules: {
                work: '!default allow\nads[0-9]\n.ads\\.test$\n^a\\.b\\.test$\n(^|\\.)b\\.test$\n',
            },
        });
        expect(lines).toEqual([
            '…/qubes/work.rules:3: .ads\\.test$ does not match "ads.test" itself; for that host and its subdomains write (^|\\.)ads\\.test$',
            '…/qubes/work.rules:4: all that ^a\\.b\\.test$ matches, (^|\\.)b\\.test$ matches too',
            '    at …/qubes/work.rules:5',
            '    remove the line',
            'to remove the lines that change nothing (1): qvm-filterproxy lint --fix',
            '',
        ]);
    });

    test('a set that another list includes too is not narrowed', async () => {
        const dom0 = await fakeDom0({
            rules: {
                work: '!default allow\n!include dev\n',
                banking: '!include dev\n',
            },
            files: { 'sets/dev.rules': 'ads\\.test$\n' },
        });
        const { out } = await dom0.cli('lint', '--fix', '--narrow');
        expect(out).toContain(
            '    write (^|\\.)ads\\.test$, unless the block list that includes this set is to refuse all of it\n',
        );
        expect(await readFile(dom0.config('sets/dev.rules'), 'utf8')).toBe(
            'ads\\.test$\n',
        );
    });
});

test('lint --fix stands in the history, and can be undone', async () => {
    const { dom0 } = await messyDom0();
    await dom0.cli('lint', '--fix');
    expect((await dom0.cli('history', 'work')).out).toContain('lint');
    await dom0.cli('undo', 'work');
    expect(await dom0.rules('work')).toBe(messy);
});

test('lint --json says all of it for programs', async () => {
    const { dom0 } = await messyDom0();
    const { out } = await dom0.cli('lint', 'work', '--json');
    const { findings, ...rest } = JSON.parse(out);
    expect(rest).toEqual({
        version: 1,
        command: 'lint',
        dryRun: false,
        skipped: 0,
        proxyvms: [],
        qubes: [],
    });
    expect(findings.slice(1, 3)).toEqual([
        {
            kind: 'covered',
            file: 'qubes/work.rules',
            line: 6,
            column: null,
            message:
                'all that ^x\\.b\\.test$ matches, (^|\\.)b\\.test$ matches too',
            hosts: [],
            by: {
                file: 'sets/dev.rules',
                line: 1,
                via: [{ file: 'qubes/work.rules', line: 4 }],
            },
            fix: { kind: 'remove', expression: null },
            fixed: false,
        },
        {
            kind: 'loose',
            file: 'qubes/work.rules',
            line: 7,
            column: null,
            message: expect.stringContaining('also matches "evilgithub.com"'),
            hosts: ['evilgithub.com'],
            by: null,
            fix: { kind: 'narrow', expression: '(^|\\.)github\\.com$' },
            fixed: false,
        },
    ]);
});
