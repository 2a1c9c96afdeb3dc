// A qube of the name of one whose removal nobody saw.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith, qvmPrefs, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

describe('allow for a qube of a removed one’s name', () => {
    const options = () => ({
        rules: { work: '# old\n^a$\n' },
        owners: { work: uuidOf('older') },
        agents: { 'sys-filter': obedientAgent().agent },
    });
    const aside = `removed/work.20261124T120000Z.${uuidOf('older')}.rules`;

    test('sets the old rules aside, says so, and starts with nothing', async () => {
        const dom0 = await fakeDom0(options());
        const result = await dom0.cli('allow', 'work', 'd.test');
        expect(result.out.split('\n')).toContain(
            'work: the rule file of an earlier qube of that name was set aside; to bring it back, once it has no other rules: qvm-filterproxy restore work',
        );
        expect([result.err, result.exitCode]).toEqual(['', 0]);
        expect(await dom0.rules('work')).toBe('^d\\.test$\n');
        expect(await readFile(dom0.config(aside), 'utf8')).toBe('# old\n^a$\n');
        const owners = await dom0.deps.rules.owners();
        expect([...owners]).toEqual([['work', uuidOf('work')]]);
        await dom0.cli('remove', 'work', '1');
        expect((await dom0.cli('restore', 'work')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('# old\n^a$\n');
    });

    test.each([
        ['no rules', '# nothing\n'],
        ['an error', '(\n'],
    ])('does so with a file that has %s', async (_, text) => {
        const dom0 = await fakeDom0({ ...options(), rules: { work: text } });
        expect((await dom0.cli('allow', 'work', 'd.test')).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('^d\\.test$\n');
        expect(await readFile(dom0.config(aside), 'utf8')).toBe(text);
    });

    test('only tells of it with --dry-run', async () => {
        const dom0 = await fakeDom0(options());
        const args = ['allow', 'work', 'd.test', '--dry-run'];
        const { out } = await dom0.cli(...args);
        expect(out).toContain('that name would be set aside; to bring it ');
        expect(await dom0.rules('work')).toBe('# old\n^a$\n');
        expect(JSON.parse((await dom0.cli(...args, '--json')).out)).toEqual(
            expect.objectContaining({
                setAside: {
                    qube: 'work',
                    uuid: uuidOf('older'),
                    date: '2026-11-24T12:00:00Z',
                    file: aside,
                },
            }),
        );
    });

    test('leaves the file of a qube that is newer than its look', async () => {
        const newer = exampleWith({ name: 'work', uuid: uuidOf('newer') });
        const dom0 = await fakeDom0({
            ...options(),
            owners: { work: uuidOf('newer') },
            tools: {
                'qvm-prefs': async () =>
                    outcome({
                        stdout: newer
                            .filter(({ name }) => name === 'work')
                            .map(qvmPrefs)
                            .join(''),
                    }),
            },
        });
        const result = await dom0.cli('allow', 'work', 'd.test');
        expect(result.err).toContain('work was removed meanwhile');
        expect(await dom0.rules('work')).toBe('# old\n^a$\n');
    });

    test.each([
        ['remove', ['work', '1'], 'work has no rules\n'],
        ['restore', ['work', '--from', 'x'], 'no rules of x are set aside'],
    ])(
        'is not what %s does when it changes nothing',
        async (command, args, said) => {
            const dom0 = await fakeDom0(options());
            const result = await dom0.cli(command, ...args);
            expect(result.exitCode).toBe(1);
            expect(result.err).toContain(`nothing was changed: ${said}`);
            expect(result.err).toContain('was written for another qube');
            expect(result.err).toContain('qvm-filterproxy restore work\n');
            expect(await dom0.rules('work')).toBe('# old\n^a$\n');
        },
    );
});
