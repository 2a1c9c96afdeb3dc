// `client`: settings for programs in a qube, and what the qube answers.
import { describe, expect, test } from 'vitest';
import { renderScript } from '../../dom0/core/client-settings/script.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const firefox = '/etc/firefox/policies/policies.json';
const profile = '/etc/profile.d/qubes-filterproxy-client.sh';
const after =
    'what runs now keeps what it started with; to be sure, restart work';

/** A dom0 whose qubes answer so to a script. */
async function dom0That(
    answered: Partial<CommandOutcome>,
    options: FakeDom0Options = {},
) {
    const scripts: string[] = [];
    const features: string[] = [];
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n' },
        ...options,
        tools: {
            'qrexec-client': async (_, args, { input } = {}) => {
                expect(args[0]).toBe('-d');
                expect(args[2]).toBe('root:QUBESRPC qubes.VMShell dom0');
                scripts.push(`${args[1]}: ${input}`);
                return { ...outcome(), ...answered };
            },
            'qvm-features': async (_, args) => {
                features.push(args.join(' '));
                return outcome();
            },
        },
    });
    return { dom0, scripts, features };
}

const said = (...lines: string[]) => ({
    stdout: Buffer.from(lines.map((line) => `${line}\n`).join('')),
});

describe('client', () => {
    test('without --apply shows each file, and calls no qube', async () => {
        const { dom0, scripts } = await dom0That({});
        for (const more of [[], ['--apply', '--dry-run']]) {
            const { out, exitCode } = await dom0.cli('client', 'work', ...more);
            expect(exitCode).toBe(0);
            expect(out).toContain(
                `${profile} (programs in a session or a terminal):\n`,
            );
            expect(out).toContain(
                '    export https_proxy=http://127.0.0.1:8100\n',
            );
        }
        await dom0.cli('client', 'work', '--remove', '--dry-run');
        expect(scripts).toEqual([]);
    });

    test('with --apply sends the script to the qube', async () => {
        const answer = said(`written ${profile}`, `unchanged ${firefox}`);
        const { dom0, scripts, features } = await dom0That(answer);
        expect(await dom0.cli('client', 'work', '--apply')).toEqual({
            exitCode: 0,
            out: `work: programs are told to use the proxy, at 127.0.0.1:8100\n    ${after}\n`,
            err: '',
        });
        expect(scripts).toEqual([`work: ${renderScript('qube', 'apply')}`]);
        expect(features).toEqual([]);
    });

    test('with --verbose tells what became of each file', async () => {
        const answer = said(`written ${profile}`, `unchanged ${firefox}`);
        const { dom0 } = await dom0That(answer);
        const args = ['client', 'work', '--apply', '--verbose'];
        expect((await dom0.cli(...args)).out).toContain(
            `    written ${profile}\n    unchanged ${firefox}\n`,
        );
    });

    test('says nothing more when all is there already', async () => {
        const answer = said(`unchanged ${profile}`);
        const { dom0 } = await dom0That(answer);
        const { out } = await dom0.cli('work', 'client', '--apply');
        expect(out).toBe('work: its settings are there already\n');
    });

    test('names a file of somebody else, and what is left to do', async () => {
        const answer = said(`written ${profile}`, `foreign ${firefox}`);
        const { dom0 } = await dom0That(answer);
        const { err, exitCode } = await dom0.cli('client', 'work', '--apply');
        expect(err).toBe(
            `${firefox} is not ours, so it was left as it is\n` +
                '    Firefox does not use the proxy unless you add it there: 127.0.0.1:8100, for HTTP and HTTPS\n',
        );
        expect(exitCode).toBe(0);
    });

    test('tells of a qube without rules that nothing answers its programs', async () => {
        const answer = said(`written ${profile}`);
        const { dom0 } = await dom0That(answer, { rules: {} });
        const { err, exitCode } = await dom0.cli('client', 'work', '--apply');
        expect(err).toBe(
            'work: but it has no rules, so no proxy answers its programs\n' +
                '    to add one: qvm-filterproxy allow work HOST\n',
        );
        expect(exitCode).toBe(0);
    });

    const noNetvm = {
        qubes: exampleWith({ name: 'work', netvm: null }),
    };
    test.each<[string, FakeDom0Options, string]>([
        ['has no netvm', noNetvm, 'but it has no netvm, so it reaches nothing'],
        [
            'has no netvm and no rules',
            { ...noNetvm, rules: {} },
            'but it has no netvm, so it reaches nothing',
        ],
        [
            'has an error',
            { rules: { work: '(\n' } },
            'but it cannot be told: its rules have an error',
        ],
        [
            'has a netvm that is halted',
            { qubes: exampleWith({ name: 'sys-filter', xid: -1 }) },
            'but its netvm sys-filter is halted',
        ],
    ])(
        'tells that nothing answers programs of a qube that %s, also with -q',
        async (_, options, words) => {
            const answer = said(`unchanged ${profile}`);
            const { dom0 } = await dom0That(answer, options);
            for (const more of [[], ['-q']]) {
                const args = ['client', 'work', '--apply', ...more];
                expect((await dom0.cli(...args)).err).toContain(
                    `work: ${words}`,
                );
            }
            const removed = await dom0.cli('client', 'work', '--remove');
            expect(removed.err).toBe('');
        },
    );

    test('tells that the netvm has no agent, with rules or without', async () => {
        const answer = said(`written ${profile}`);
        for (const rules of [{ work: '^a\\.test$\n' }, {}]) {
            const { dom0 } = await dom0That(answer, { rules });
            await dom0.deps.visited.write('sys-filter' as QubeName, {
                at: '2026-11-24T11:00:00Z',
                xid: 3,
                hasAgent: false,
                fingerprint: 'x',
                problem: 'it has no agent',
            });
            const { err } = await dom0.cli('client', 'work', '--apply');
            expect(err).toContain(
                'work: but its netvm sys-filter has no filter proxy agent, ',
            );
            expect(err).not.toContain('allow work');
        }
    });

    test('with --quiet says nothing of what was done, but what it would do', async () => {
        const { dom0 } = await dom0That(said(`written ${profile}`));
        for (const option of ['--apply', '--remove']) {
            const args = ['client', 'work', option, '--quiet'];
            expect((await dom0.cli(...args)).out).toBe('');
            const trial = await dom0.cli(...args, '--dry-run');
            expect(trial.out).toContain(profile);
        }
    });

    test('with --remove takes it back, and the service of its template', async () => {
        const answer = said(`removed ${profile}`, `removed ${firefox}`);
        const { dom0, scripts, features } = await dom0That(answer);
        expect(await dom0.cli('client', 'work', '--remove')).toEqual({
            exitCode: 0,
            out: `work: the settings for the proxy are gone\n    ${after}\n`,
            err: '',
        });
        expect(scripts).toEqual([`work: ${renderScript('qube', 'remove')}`]);
        expect(features).toEqual(['--unset work service.filterproxy-client']);
    });

    test('does not start a qube', async () => {
        const { dom0, scripts } = await dom0That({});
        const result = await dom0.cli('client', 'work-dvm', '--apply');
        expect(result.err).toContain(
            'work-dvm does not run\n    to start it: qvm-start work-dvm\n',
        );
        expect(result.exitCode).toBe(1);
        expect(scripts).toEqual([]);
    });

    test('tells of a disposable where it would last', async () => {
        const answer = said(`written ${profile}`);
        const { dom0 } = await dom0That(answer, {
            qubes: exampleWith(disposable),
        });
        const { out } = await dom0.cli('client', 'disp12', '--apply');
        expect(out).toContain(
            'it ends with disp12; for all disposables: qvm-filterproxy client work-dvm --apply\n',
        );
    });

    test.each([
        [['fedora-41', '--apply'], 1],
        [['nobody', '--apply'], 2],
        [['work', '--apply', '--remove'], 2],
        [['vault'], 0],
    ] as const)('ends with %s as expected', async (args, exitCode) => {
        const { dom0, scripts } = await dom0That({});
        const result = await dom0.cli('client', ...args);
        expect(result.exitCode).toBe(exitCode);
        expect(scripts).toEqual([]);
    });
});

describe('client --template', () => {
    const running = exampleWith({ name: 'fedora-41', xid: 9 });
    const settings = '/usr/lib/qubes-filterproxy-client/settings';

    test('settles the template, and gives the qube the service', async () => {
        const answer = said(`written ${settings}`);
        const { dom0, scripts, features } = await dom0That(answer, {
            qubes: running,
        });
        const args = ['client', 'work', '--template'];
        const { out } = await dom0.cli(...args, '--apply');
        expect(out).toBe(
            'fedora-41: programs are told to use the proxy, at 127.0.0.1:8100\n' +
                '    to have it in work: shut fedora-41 down, then restart work\n',
        );
        expect(scripts).toEqual([
            `fedora-41: ${renderScript('template', 'apply')}`,
        ]);
        expect(features).toEqual(['work service.filterproxy-client 1']);
        await dom0.cli(...args, '--remove');
        expect(features[1]).toBe('--unset work service.filterproxy-client');
    });

    test('wants the template to run', async () => {
        const { dom0 } = await dom0That({});
        const result = await dom0.cli(
            'client',
            'work',
            '--template',
            '--apply',
        );
        expect(result.err).toContain('fedora-41 does not run');
    });

    test('gives no service when the template could not be settled', async () => {
        const { dom0, features } = await dom0That(
            { ...said(`failed ${settings}`), exitCode: 1 },
            { qubes: running },
        );
        const result = await dom0.cli(
            'client',
            'work',
            '--template',
            '--apply',
        );
        expect(result.exitCode).toBe(1);
        expect(result.err).toBe(
            `fedora-41: exit code 1\n    not done: ${settings}\n`,
        );
        expect(features).toEqual([]);
    });
});

describe('what a qube answers', () => {
    const tooMuch = Buffer.from('written /etc/x\n'.repeat(10));
    test.each([
        [{ stdout: Buffer.from('written /etc/shadow\n') }, 'not: '],
        [{ stdout: Buffer.from(`\x1b[2J ${profile}\n`) }, '"_[2J'],
        [{ stdout: Buffer.from(`written ${profile} x\n`) }, 'not: '],
        [{ stdout: tooMuch, tooLong: true }, 'more than 16384 bytes'],
        [{ exitCode: null, timedOut: true }, '60 seconds'],
        [{ exitCode: 125 }, 'does not answer qrexec'],
        [{ exitCode: 127 }, 'qubes.VMShell'],
        [
            { exitCode: 1, stderr: Buffer.from('a\nno \x1b[31mluck\n') },
            'work: "no _[31mluck"',
        ],
    ])('is not believed, and not printed raw: %#', async (answer, expected) => {
        const { dom0 } = await dom0That(answer);
        const result = await dom0.cli('client', 'work', '--apply');
        expect(result.err).toContain(expected);
        expect(result.err).not.toContain('\x1b');
        expect(result.exitCode).toBe(1);
    });
});
