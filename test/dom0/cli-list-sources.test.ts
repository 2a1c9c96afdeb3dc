// Where rules come from, as `list` says it.
import { describe, expect, test } from 'vitest';
import { fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith } from './fake-qubes.ts';

const config = '/etc/qubes/filterproxy';

const options = {
    rules: {
        work: '# mine\n^own\\.test$ comment=x\n!include dev\n^two\\.test$\n',
        banking: '!include dev\n',
    },
    files: {
        'sets/dev.rules': '^dev\\.test$\n!include more\n',
        'sets/more.rules': '\n^more\\.test$\n',
        'sets/lone.rules': '^lone\\.test$\n',
        'tags/red.rules': '^red\\.test$\n!include more\n',
        'tags/blue.rules': '# none\n',
    },
    tags: { red: ['work', 'personal'] },
};

describe('list of a qube', () => {
    test('says which sets and tags give it rules, and how many', async () => {
        const dom0 = await fakeDom0(options);
        expect((await dom0.cli('list', 'work')).out).toBe(
            `work: 2 rules
    1  ^own\\.test$  The host own.test and no other.  (x)
    2  ^two\\.test$  The host two.test and no other.
    !include dev: 2 rules
    tag red: 2 rules
`,
        );
        expect((await dom0.cli('banking')).out).toBe(
            'banking: no rules of its own\n    !include dev: 2 rules\n',
        );
        expect((await dom0.cli('personal')).out).toBe(
            'personal: no rules of its own\n    tag red: 2 rules\n',
        );
    });

    test('does not say of a block list without rules of its own that it has none', async () => {
        const dom0 = await fakeDom0({
            rules: {
                work: '!default allow\n!include dev\n^own\\.test$\n!include lone\n',
                banking: '!default allow\n!include dev\n',
            },
            files: options.files,
            tags: {},
        });
        expect((await dom0.cli('list', 'work')).out).toMatch(
            /^work: all hosts but those of 1 rule and 2 included sets\n/,
        );
        expect((await dom0.cli('banking')).out).toBe(
            'banking: all hosts but those of 1 included set\n    !include dev: 2 rules\n',
        );
    });

    test('tells a block list of a tag from one of its own', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '!default allow\n' },
            files: { 'tags/red.rules': '!default allow\n^red\\.test$\n' },
            tags: { red: ['work'] },
        });
        expect((await dom0.cli('work')).out).toBe(
            'work: all hosts, no rules of its own\n    tag red: 1 rule\n',
        );
    });

    test('with --effective prints all rules that hold for it', async () => {
        const dom0 = await fakeDom0(options);
        expect(await dom0.cli('list', 'work', '--effective')).toEqual({
            exitCode: 0,
            err: '',
            out: `work: 5 rules
  ${config}/qubes/work.rules
    1  :2  ^own\\.test$  The host own.test and no other.  (x)
    2  :4  ^two\\.test$  The host two.test and no other.
  ${config}/sets/dev.rules, included at ${config}/qubes/work.rules:3
       :1  ^dev\\.test$  The host dev.test and no other.
  ${config}/sets/more.rules, included at ${config}/qubes/work.rules:3 and ${config}/sets/dev.rules:2
       :2  ^more\\.test$  The host more.test and no other.
  ${config}/tags/red.rules
       :1  ^red\\.test$  The host red.test and no other.
`,
        });
    });

    test('counts what a disposable has by its own tags', async () => {
        const dom0 = await fakeDom0({
            ...options,
            qubes: exampleWith(disposable),
            tags: { red: ['disp12'] },
        });
        expect((await dom0.cli('disp12')).out).toBe(
            'disp12, as work-dvm: no rules of its own\n    tag red: 2 rules\n',
        );
    });

    test('names the error of a set once, however many include it', async () => {
        const dom0 = await fakeDom0({
            ...options,
            files: { ...options.files, 'sets/dev.rules': '(\n' },
        });
        const { err, out, exitCode } = await dom0.cli(
            'list',
            'work',
            'banking',
        );
        expect(err.match(/sets\/dev\.rules:1/g)?.length).toBe(1);
        expect(out).toContain('    !include dev: an error\n');
        expect(exitCode).toBe(1);
    });

    test('with --json says the same', async () => {
        const dom0 = await fakeDom0(options);
        const { out } = await dom0.cli('list', 'work', '--effective', '--json');
        expect(JSON.parse(out).qubes[0]).toMatchObject({
            includes: [{ set: 'dev', line: 3, rules: 2 }],
            tags: [{ tag: 'red', rules: 2 }],
            effective: [
                { file: 'qubes/work.rules', via: [], rules: [{}, {}] },
                {
                    file: 'sets/dev.rules',
                    via: [{ file: 'qubes/work.rules', line: 3 }],
                    rules: [{ line: 1, expression: '^dev\\.test$' }],
                },
                { file: 'sets/more.rules' },
                { file: 'tags/red.rules' },
            ],
        });
    });
});

test('list of all names sets and tags, and for whom they are', async () => {
    const dom0 = await fakeDom0(options);
    const { out, err } = await dom0.cli('list');
    expect(err).toBe('');
    expect(out.split('\n').slice(-6)).toEqual([
        'tag blue: no rules, for nobody',
        'tag red: 2 rules, for personal, work',
        'set dev: 2 rules, included by qubes/banking.rules, qubes/work.rules',
        'set lone: 1 rule, included by nobody',
        'set more: 1 rule, included by tags/red.rules, sets/dev.rules',
        '',
    ]);
    const json = JSON.parse((await dom0.cli('list', '--json')).out);
    expect(json.tags).toContainEqual({
        tag: 'red',
        rules: 2,
        qubes: ['personal', 'work'],
    });
    expect(json.sets).toContainEqual({
        set: 'lone',
        rules: 1,
        usedBy: [],
    });
});
