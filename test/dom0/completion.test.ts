// What Tab offers in bash and zsh, and how bash reads it then. zsh itself is not
// here: dom0/completion/_qvm-filterproxy was tried by hand, with zsh 5.9.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandTable } from '../../dom0/cli/command-table.ts';
import { inShell, parseShellLine } from '../../dom0/cli/complete/shell-line.ts';
import { optionTable } from '../../dom0/cli/option-table.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { uuidOf } from './fake-qubes.ts';
import { tellingAgent } from './fake-requests.ts';
import { outcome } from './outcome.ts';
import {
    dom0WithWork,
    onTerminal,
    scratch,
    withProgram,
} from './terminal/on-terminal.ts';

withProgram();

const odd = ['(^|\\.)github\\.com$', '^a.test$', '^(b!|[a$`])\\.test$'];

async function offering() {
    const dom0 = await fakeDom0({
        rules: { work: `${odd.join('\n')}\n` },
        agents: {
            'sys-filter': tellingAgent([
                {
                    name: 'work',
                    entries: [
                        { host: 'refused.test' },
                        { host: 'ok.test', outcome: 'allowed', port: 443 },
                        { host: 'no..host' },
                    ],
                },
                { name: 'banking', entries: [{ host: 'other.test' }] },
            ]),
        },
    });
    const answer = async (...args: string[]) => {
        const { out, err, exitCode } = await dom0.cli(
            '--complete-words',
            ...args,
        );
        return { lines: out.split('\n').slice(0, -1), err, exitCode };
    };
    const bash = async (line: string) =>
        (await answer('bash', `qvm-filterproxy ${line}`)).lines;
    return { dom0, answer, bash };
}

const nothing = ['words'];
const names = commandTable.map(({ usage }) => usage.replace(/ .*/, ''));

describe('completion', () => {
    test('offers every command', async () => {
        const { bash, dom0 } = await offering();
        expect(await bash('')).toEqual(['words', ...names, 'help']);
        expect(await bash('kill-')).toEqual([
            'words',
            'kill-all',
            'kill-all-and-restart',
        ]);
        expect(await bash('help unl')).toEqual(['words', 'unlock']);
        expect(
            dom0.commands.filter((run) => !run.startsWith('qvm-ls')),
        ).toEqual([]);
    });

    test.each(commandTable.map((entry) => [entry.usage, entry] as const))(
        'offers every option of %s',
        async (usage, { options }) => {
            const { bash } = await offering();
            const own = options.map((option) =>
                optionTable[option][0].replace(/ .*/, ''),
            );
            expect(await bash(`${usage.replace(/ .*/, '')} --`)).toEqual([
                'words',
                ...own,
                ...['--verbose', '--quiet', '--json', '--timings', '--help'],
            ]);
        },
    );

    test('offers no option twice, but those that may be repeated', async () => {
        const { bash } = await offering();
        expect(await bash('lock --all --exclude work --')).toEqual([
            'words',
            ...['--exclude', '--dry-run'],
            ...['--verbose', '--quiet', '--json', '--timings', '--help'],
        ]);
        expect(await bash('lock -- --')).toEqual(nothing);
    });

    test('offers qubes where one is meant', async () => {
        const { bash } = await offering();
        const qubes = ['words', 'work', 'work-dvm'];
        for (const line of [
            ...['wor', 'allow wor', '--json lock banking wor', '-- wor'],
            ...['copy work wor', 'lock --all --exclude wor', 'show wor'],
            ...['setup wor', 'setup sys-filter wor', 'setup --netvm wor'],
            ...['export x.tar wor', 'allow "wor', "allow 'wor"],
        ]) {
            expect(await bash(line), line).toEqual(qubes);
        }
        expect(await bash('allow work --comment wor')).toEqual(nothing);
    });

    test('offers commands behind a qube', async () => {
        const { bash } = await offering();
        expect(await bash('work unl')).toEqual(['words', 'unlock']);
        expect(await bash('-- list unl')).toEqual(['words', 'unlock']);
        expect(await bash('work kill-')).toEqual(nothing);
        expect(await bash('work nonsense x')).toEqual(nothing);
    });

    test('offers the rules of that qube, quoted, or their numbers', async () => {
        const { bash } = await offering();
        const quoted = [
            "'(^|\\.)github\\.com$'",
            "'^a.test$'",
            "'^(b!|[a$`])\\.test$'",
        ];
        expect(await bash('remove work ')).toEqual(['words', ...quoted]);
        expect(await bash('work remove --drain ')).toEqual([
            'words',
            ...quoted,
        ]);
        expect(await bash("remove work '^a")).toEqual(['words', '^a.test$']);
        expect(await bash('remove work "^a')).toEqual(['words', '^a.test\\$']);
        expect(await bash('remove work 1 2')).toEqual(['words', '2']);
        expect(await bash('remove banking ')).toEqual(nothing);
        expect(await bash('remove ../work ')).toEqual(nothing);
    });

    test('offers the removed qubes whose rules are set aside', async () => {
        const { bash, dom0 } = await offering();
        const uuid = uuidOf('gone');
        for (const date of ['20261122T120000Z', '20261123T120000Z']) {
            const file = `removed/gone.${date}.${uuid}.rules`;
            await mkdir(dom0.config('removed'), { recursive: true });
            await writeFile(dom0.config(file), '^a\\.test$\n');
        }
        expect(await bash('restore work --from ')).toEqual(['words', 'gone']);
        expect(await bash('restore work --from w')).toEqual(nothing);
    });

    test('offers the hosts that the qube was refused', async () => {
        const { bash, dom0 } = await offering();
        expect(await bash('allow work ')).toEqual(['words', 'refused.test']);
        expect(await bash('check work re')).toEqual(['words', 'refused.test']);
        expect(await bash('deny work ')).toEqual(nothing);
        expect(await bash('allow vault ')).toEqual(nothing);
        expect(await bash('allow nobody ')).toEqual(nothing);
        expect(dom0.commands.join('\n')).not.toMatch(/\+(?!requests)/);
    });

    test('leaves files to the shell', async () => {
        const { bash } = await offering();
        for (const line of ['import ', 'export a', 'list > a']) {
            expect(await bash(line), line).toEqual(['files']);
        }
        expect(await bash('default work ')).toEqual(['words', 'allow', 'deny']);
    });

    test('offers nothing where the shell would make something else of it', async () => {
        const { bash } = await offering();
        for (const line of [
            'allow $(w',
            'allow `w',
            'allow "$w',
            'allow w;w',
            "allow 'w'o",
        ]) {
            expect(await bash(line), line).toEqual(nothing);
        }
    });

    test('gives zsh all that may stand there, as it is', async () => {
        const { answer } = await offering();
        const { lines } = await answer('zsh', 'remove', 'work', '(');
        expect(lines).toEqual(['words', ...odd]);
        expect((await answer('zsh', 'import', '')).lines).toEqual(['files']);
    });

    test('says nothing when something is wrong', async () => {
        const broken = await fakeDom0({
            rules: { work: '(((\n' },
            tools: { 'qvm-ls': async () => outcome({ exitCode: 1 }) },
        });
        for (const [line, exitCode] of [
            ['lock w', 1],
            ['remove work ', 0],
            ['', 0],
        ] as const) {
            const text = `qvm-filterproxy ${line}`;
            const ended = await broken.cli('--complete-words', 'bash', text);
            expect([ended.err, ended.exitCode], line).toEqual(['', exitCode]);
        }
    });

    test('writes nothing', async () => {
        const { bash, dom0 } = await offering();
        const state = () =>
            readdirSync(dom0.root, { recursive: true, withFileTypes: true })
                .filter((entry) => entry.isFile())
                .map(({ parentPath, name }) => {
                    const path = join(parentPath, name);
                    return [path, readFileSync(path, 'utf8')];
                });
        const before = state();
        for (const line of ['', 'w', 'remove work ', 'allow work ']) {
            await bash(line);
        }
        expect(state()).toEqual(before);
    });
});

const seed = 7;

/** What rule texts, and any other words, may be of. */
const anyWord = fc
    .string({
        unit: fc.oneof(
            fc.constantFrom(...'\\$`"\'()|*?[]{}^~!#&;<>=:@% .ab'),
            fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
        ),
        minLength: 1,
        maxLength: 12,
    })
    .filter((word) => !/[\p{C}\p{Z}\s]/u.test(word.replaceAll(' ', '')));

/** As a user may type it, for bash to read it as it is. */
const typedIn = {
    none: (text: string) => text.replaceAll(/[^\w=:@]/gu, '\\$&'),
    single: (text: string) => text.replaceAll("'", "'\\''"),
    double: (text: string) => text.replaceAll(/[$`"\\]/g, '\\$&'),
};
const quoteOf = { none: '', single: "'", double: '"' };

/** What bash makes of command lines, each of one word. */
function readByBash(words: readonly string[]): string[] {
    const script = words.map((word) => `printf '%s\\0' ${word}\n`).join('');
    const out = execFileSync('bash', ['--norc'], {
        input: `PATH=/nonexistent\n${script}`,
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
    });
    return out.split('\0').slice(0, -1);
}

describe('what is offered to bash', () => {
    test.each(['none', 'single', 'double'] as const)(
        'is the very word, and nothing of it expands (quotes: %s)',
        (quotes) => {
            const cases = fc.sample(
                fc.record({ word: anyWord, length: fc.nat(12) }),
                { numRuns: 3000, seed },
            );
            const open = quoteOf[quotes];
            const lines = cases.flatMap(({ word, length }) => {
                const start = [...word].slice(0, length).join('');
                const typed = open + typedIn[quotes](start);
                const line = parseShellLine(`qvm-filterproxy ${typed}`);
                // Closed quotes in it, where nothing is offered.
                if (line === null && start.includes("'")) {
                    return [];
                }
                if (line === null || line === 'file') {
                    return expect.unreachable(typed);
                }
                expect([line.typed, line.quotes]).toEqual([start, quotes]);
                // What readline leaves alone, what it puts in, what it closes.
                const kept = quotes === 'none' ? typedIn.none(line.kept) : '';
                const whole = `${kept}${open}${inShell(word, line)}${open}`;
                return [{ word, whole }];
            });
            expect(lines.length).toBeGreaterThan(1500);
            expect(readByBash(lines.map(({ whole }) => whole))).toEqual(
                lines.map(({ word }) => word),
            );
        },
    );
});

describe('bash at a terminal', () => {
    test.each([
        // What two rules have in common, which opens a quote, then one of them.
        ['remove work \tb', '^(a|b!)\\.test$'],
        ["remove work '^(a|b", '^(a|b!)\\.test$'],
        ['remove work "^(a|b', '^(a|b!)\\.test$'],
        ['remove work \\^\\(a\\|b', '^(a|b!)\\.test$'],
        ['import /etc/os-rel', '/etc/os-release'],
        ['allow work new', 'newer.test'],
        ['lock bank', 'banking'],
        ['unl', 'unlock'],
    ])('completes %j by %s', async (typed, word) => {
        const { dom0, command } = await dom0WithWork();
        const bin = join(dom0.root, 'bin');
        execFileSync('mkdir', [bin]);
        const run = command()
            .map((part) => `'${part}'`)
            .join(' ');
        const file = join(bin, 'qvm-filterproxy');
        await writeFile(file, `#!/bin/sh\nexec ${run} "$@"\n`);
        await chmod(file, 0o755);
        await writeFile(
            dom0.config('qubes/work.rules'),
            '^(a|b!)\\.test$\n^(a|c)\\.test$\n',
        );
        const rc = join(scratch(), 'rc');
        const completion = join(
            import.meta.dirname,
            '../../dom0/completion/qvm-filterproxy.bash',
        );
        await writeFile(
            rc,
            `PATH=${bin}:$PATH PS1='ready> '\nsource ${completion}\n`,
        );
        const { printed } = await onTerminal(
            ['bash', '--noprofile', '--rcfile', rc, '-i'],
            [
                ['ready> ', `qvm-filterproxy ${typed}\t`],
                [word.slice(-4).replace('$', ''), "\u0001printf '<%s>' \r"],
                ['ready> ', 'exit\r'],
            ],
        );
        expect(printed).toContain(`<${word}>`);
    });
});
