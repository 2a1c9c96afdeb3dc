// `list --usage` and `--forget`.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { localTime } from '../../dom0/cli/format/local-time.ts';
import { counted, countingAgent } from './counting-agent.ts';
import { type FakeDom0, type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const rules = { work: '!usage on\n(^|\\.)a\\.test$\n^b\\.test$\n' };

/** dom0's clock stands at noon: times before that, in minutes. */
const minutesAgo = (minutes: number) =>
    localTime(
        new Date(Date.UTC(2026, 10, 24, 12) - minutes * 60_000).toISOString(),
    );
const noon = minutesAgo(0);

async function countingDom0(options: FakeDom0Options = {}) {
    const counting = countingAgent([counted('work', { 'www.a.test': 5 })]);
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': counting.agent },
        ...options,
    });
    return { dom0, counting };
}

async function sumsIn(dom0: FakeDom0, file: string) {
    const path = dom0.config(`usage/${file}.json`);
    return JSON.parse(await readFile(path, 'utf8'));
}

describe('list --usage', () => {
    test('prints for each rule how often and when last it was used', async () => {
        const { dom0 } = await countingDom0();
        expect(await dom0.cli('list', 'work', '--usage')).toEqual({
            exitCode: 0,
            out: [
                'work: 2 rules',
                '  /etc/qubes/filterproxy/qubes/work.rules',
                `    1  (^|\\.)a\\.test$  5 times since ${minutesAgo(10)}, last ${minutesAgo(1)}`,
                `    2  ^b\\.test$       not since ${noon}`,
                '',
            ].join('\n'),
            err: '',
        });
    });

    test('adds what came since, however often it is asked', async () => {
        const { dom0, counting } = await countingDom0();
        await dom0.cli('list', '--usage');
        await dom0.cli('list', '--usage');
        counting.clients = [counted('work', { 'www.a.test': 8, 'b.test': 1 })];
        const { out } = await dom0.cli('work', 'list', '--usage');
        expect(out).toContain('8 times');
        expect(out).toContain('once');
        // Counted anew, after the ProxyVM has started again.
        counting.clients = [counted('work', { 'b.test': 4 }, {}, 'other')];
        const later = await dom0.cli('list', '--usage', '--json');
        const [work] = JSON.parse(later.out).usage;
        expect(work.files[0].rules).toMatchObject([
            { expression: '(^|\\.)a\\.test$', uses: { count: 8 } },
            { expression: '^b\\.test$', uses: { count: 5 } },
        ]);
    });

    test('keeps no host and no time but those of rules in dom0', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        const sums = await sumsIn(dom0, 'qubes.work.rules');
        expect(JSON.stringify(sums)).not.toContain('www.a.test');
        expect(sums.rules).toHaveLength(2);
        expect(await readdir(dom0.config('usage'))).toEqual([
            'qubes.work.rules.json',
        ]);
    });

    test('of a set has the sums of all that include it, by file', async () => {
        const counting = countingAgent([
            counted('work', { 'a.test': 2 }),
            counted('banking', { 'a.test': 3 }),
        ]);
        const { dom0 } = await countingDom0({
            agents: { 'sys-filter': counting.agent },
            rules: {
                work: '!usage on\n!include dev\n^a\\.test$\n',
                banking: '!usage on\n!include dev\n',
            },
            files: { 'sets/dev.rules': '(^|\\.)a\\.test$\n' },
        });
        const { out } = await dom0.cli('list', 'work', '--usage');
        expect(out.split('\n').slice(2, 5)).toEqual([
            expect.stringMatching(/^ {4}1 {2}\^a.*2 times/),
            '  /etc/qubes/filterproxy/sets/dev.rules, included at /etc/qubes/filterproxy/qubes/work.rules:2',
            expect.stringMatching(/^ {7}\(\^.*5 times/),
        ]);
    });

    test('of a block list says how often a rule refused something', async () => {
        const blocked = { outcome: 'filter' as const };
        const counting = countingAgent([
            counted('work', { 'ads.test': 7 }, blocked),
        ]);
        counting.clients[0]?.entries.push(
            ...counted('work', { 'other.test': 9 }).entries,
        );
        const { dom0 } = await countingDom0({
            agents: { 'sys-filter': counting.agent },
            rules: { work: '!default allow\n!usage on\n\\.test$\n' },
        });
        const { out } = await dom0.cli('list', 'work', '--usage');
        expect(out).toMatch(/7 times/);
    });

    test('counts what a disposable did for its template', async () => {
        const counting = countingAgent([counted('disp12', { 'a.test': 2 })]);
        const { dom0 } = await countingDom0({
            qubes: exampleWith(disposable),
            agents: { 'sys-filter': counting.agent },
            rules: { 'work-dvm': '!usage on\n^a\\.test$\n' },
        });
        const named = await dom0.cli('list', 'disp12', '--usage');
        expect(named.out).toMatch(
            /^disp12, as work-dvm: 1 rule\n.*\n.*2 times/,
        );
        const all = await dom0.cli('list', '--usage');
        expect(all.out).toMatch(/^work-dvm: 1 rule\n.*\n.*2 times since .*\n$/);
    });

    test('takes nothing from a ProxyVM about the clients of another one', async () => {
        const other = countingAgent([counted('work', { 'a.test': 99 })]);
        const { dom0 } = await countingDom0({
            rules: { ...rules, personal: '!usage on\n^p\\.test$\n' },
            agents: {
                'sys-filter': countingAgent().agent,
                'sys-firewall': other.agent,
            },
        });
        const { out } = await dom0.cli('list', '--usage');
        expect(other.asked).toBe(1);
        expect(out).not.toContain('99');
    });

    test('says how to have it counted, and asks nobody', async () => {
        const { dom0, counting } = await countingDom0({
            rules: { work: '^a\\.test$\n' },
        });
        expect((await dom0.cli('list', '--usage')).out).toBe(
            'of no qube the use of rules is counted\n',
        );
        expect((await dom0.cli('list', 'work', '--usage')).out).toBe(
            'work: the use of its rules is not counted\n' +
                '    to count it, put this line into /etc/qubes/filterproxy/qubes/work.rules: !usage on\n',
        );
        expect(counting.asked).toBe(0);
    });

    test('is switched on by the file of a tag or a ProxyVM, and off by its own', async () => {
        const options = {
            tags: { red: ['work'] },
            files: {
                'tags/red.rules': '!usage on\n',
                'proxies/sys-filter.conf': '!usage on\n',
            },
            rules: {
                work: '^a\\.test$\n',
                banking: '!usage off\n^b\\.test$\n',
            },
        };
        const { dom0 } = await countingDom0(options);
        const { out } = await dom0.cli('list', '--usage');
        expect(out).toMatch(/^work: 1 rule\n/);
        expect(out).not.toContain('banking');
    });

    test('drops the sums of a rule that is gone, and keeps them when a comment changes', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        const path = dom0.config('qubes/work.rules');
        await writeFile(path, '!usage on\n(^|\\.)a\\.test$ comment=x\n');
        expect((await dom0.cli('list', '--usage')).out).toContain('5 times');
        await writeFile(path, '!usage on\n^c\\.test$\n');
        await dom0.cli('list', '--usage');
        await writeFile(path, rules.work);
        expect((await dom0.cli('list', '--usage')).out).not.toContain('times');
    });

    test('drops the sums of a file that is gone', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        await rm(dom0.config('qubes/work.rules'));
        await dom0.cli('list', '--usage');
        expect(await readdir(dom0.config('usage'))).toEqual([]);
    });

    test('keeps the sums of a file with an error, and says that it has one', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        const path = dom0.config('qubes/work.rules');
        await writeFile(path, `${rules.work}(\n`);
        const { out } = await dom0.cli('list', 'work', '--usage');
        expect(out).toMatch(
            /^work: not counted, since a file .* has an error\n/,
        );
        await writeFile(path, rules.work);
        expect((await dom0.cli('list', '--usage')).out).toContain('5 times');
    });

    test('gives a copied rule, and a new qube of that name, no sums', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        await dom0.cli('copy', 'work', 'work-dvm');
        const copied = await dom0.cli('list', 'work-dvm', '--usage');
        expect(copied.out).not.toContain('5 times');
        dom0.qubes = exampleWith({ name: 'work', uuid: uuidOf('newwork') });
        await writeFile(dom0.config('owners/work'), `${uuidOf('newwork')}\n`);
        expect((await dom0.cli('list', 'work', '--usage')).out).not.toContain(
            'times',
        );
    });

    test('fails, and prints the sums of before, when a ProxyVM does not tell', async () => {
        const { dom0, counting } = await countingDom0();
        await dom0.cli('list', '--usage');
        counting.answer = outcome({ exitCode: 126 });
        const result = await dom0.cli('list', '--usage');
        expect(result.out).toContain('5 times');
        expect(result.err).toMatch(/^sys-filter: what it counted is missing: /);
        expect(result.exitCode).toBe(1);
    });

    test('leaves sums that cannot be read as they are, and says so', async () => {
        const { dom0 } = await countingDom0({
            files: { 'usage/qubes.work.rules.json': 'broken' },
        });
        const result = await dom0.cli('list', '--usage');
        expect(result.exitCode).toBe(1);
        expect(result.err).toContain(
            '/etc/qubes/filterproxy/usage/qubes.work.rules.json: it is not JSON',
        );
        const path = dom0.config('usage/qubes.work.rules.json');
        expect(await readFile(path, 'utf8')).toBe('broken');
    });

    test('asks no ProxyVM that does not run', async () => {
        const { dom0 } = await countingDom0({
            qubes: exampleWith({ name: 'sys-filter', xid: -1 }),
        });
        const result = await dom0.cli('list', 'work', '--usage');
        expect(result).toMatchObject({ exitCode: 0, err: '' });
        expect(dom0.commands.join()).not.toContain('qrexec-client');
    });
});

describe('list --usage --forget', () => {
    test('has the rules of a qube counted from nothing, without what was before', async () => {
        const { dom0, counting } = await countingDom0();
        await dom0.cli('list', '--usage');
        expect(await dom0.cli('list', '--usage', '--forget', 'work')).toEqual({
            exitCode: 0,
            out: '/etc/qubes/filterproxy/qubes/work.rules: the uses of 1 rule forgotten\n',
            err: '',
        });
        const sums = await sumsIn(dom0, 'qubes.work.rules');
        expect(sums.rules).toEqual([]);
        expect((await dom0.cli('list', '--usage')).out).not.toContain('times');
        counting.clients = [counted('work', { 'www.a.test': 7 })];
        expect((await dom0.cli('list', '--usage')).out).toContain('2 times');
    });

    test('forgets all of it with --all, and leaves nothing where nothing is counted', async () => {
        const { dom0 } = await countingDom0();
        await dom0.cli('list', '--usage');
        await writeFile(dom0.config('qubes/work.rules'), '^b\\.test$\n');
        await dom0.cli('list', '--usage', '--forget', '--all');
        expect(await readdir(dom0.config('usage'))).toEqual([]);
        expect(
            (await dom0.cli('list', '--usage', '--forget', '--all')).out,
        ).toBe('nothing was counted\n');
    });

    test('with --dry-run says what it would do, and does nothing', async () => {
        const { dom0, counting } = await countingDom0();
        await dom0.cli('list', '--usage');
        const before = await sumsIn(dom0, 'qubes.work.rules');
        const dry = await dom0.cli(
            'list',
            '--usage',
            '--forget',
            '--all',
            '--dry-run',
        );
        expect(dry.out).toContain('the uses of 1 rule would be forgotten\n');
        expect(await sumsIn(dom0, 'qubes.work.rules')).toEqual(before);
        expect(counting.asked).toBe(1);
    });

    test('removes sums that cannot be read', async () => {
        const { dom0 } = await countingDom0({
            files: { 'usage/qubes.work.rules.json': 'broken' },
        });
        const result = await dom0.cli('list', '--usage', '--forget', 'work');
        expect(result.exitCode).toBe(0);
        expect(await readdir(dom0.config('usage'))).toEqual([]);
    });

    test.each<[string, string[]]>([
        ['--forget can only be used with --usage', ['--forget']],
        ['--all can only be used with --forget', ['--usage', '--all']],
        ['--dry-run can only be used with --forget', ['--dry-run']],
        ['--effective: not allowed with --usage', ['--usage', '--effective']],
        ['--removed: not allowed with --usage', ['--removed', '--usage']],
        [
            '--effective: not allowed with --removed',
            ['--removed', '--effective'],
        ],
        [
            'one of the arguments --all QUBE is required',
            ['--usage', '--forget'],
        ],
        [
            'argument QUBE: not allowed with argument --all',
            ['work', '--usage', '--forget', '--all'],
        ],
    ])('is refused as an error of the command line: %s', async (said, args) => {
        const { dom0 } = await countingDom0();
        const result = await dom0.cli('list', ...args);
        expect(result.err).toContain(said);
        expect(result.exitCode).toBe(2);
    });
});
