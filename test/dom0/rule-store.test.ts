import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import {
    chmod,
    link,
    readdir,
    rm,
    stat,
    symlink,
    truncate,
    writeFile,
} from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { emptyRuleFile } from '../../dom0/core/rule-file.ts';
import { formatProblems } from '../../dom0/words/problem.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { uuidOf } from './fake-qubes.ts';
import { nameOf } from './rules.ts';

const work = nameOf('work');
const rules = { work: '^a\\.test$\n' };

async function problemsIn(
    spoil: (path: string) => Promise<void> | void,
): Promise<string[]> {
    const dom0 = await fakeDom0({ rules });
    await spoil(dom0.config('qubes/work.rules'));
    const { content } = await dom0.deps.rules.read(work);
    return content.ok ? [] : formatProblems(content.error);
}

describe('the rule store', () => {
    test('takes a missing file for an empty one that is nobody’s', async () => {
        const dom0 = await fakeDom0();
        expect(await dom0.deps.rules.read(work)).toEqual({
            content: { ok: true, value: emptyRuleFile },
            owner: null,
        });
    });

    test('finds all rule files, and says which cannot be any qube’s', async () => {
        const dom0 = await fakeDom0({
            rules: {
                work: '^a$\n',
                'with.dot': '^b$\n',
                '1st': '^c$\n',
                dom0: '^d$\n',
            },
        });
        await writeFile(dom0.config('qubes/work.rules~'), '(');
        await writeFile(dom0.config('qubes/.work.rules'), '(');
        const { files, strays } = await dom0.deps.rules.readAll();
        expect([...files.keys()]).toEqual(['with.dot', 'work']);
        expect(formatProblems(strays)).toEqual([
            '/etc/qubes/filterproxy/qubes/1st.rules: not in force: a qube name is a letter, then letters, digits, "_", "." or "-"; rename or remove it',
            '/etc/qubes/filterproxy/qubes/dom0.rules: not in force: that name is reserved in Qubes; rename or remove it',
        ]);
    });

    test('writes for root and the group only, and leaves nothing aside', async () => {
        const dom0 = await fakeDom0({ rules });
        await dom0.deps.rules.writeFile('qubes/work.rules', '^b$\n');
        const { mode } = await stat(dom0.config('qubes/work.rules'));
        expect(mode & 0o777).toBe(0o660);
        expect(await dom0.rules('work')).toBe('^b$\n');
        expect(await readdir(dom0.config('qubes'))).toEqual(['work.rules']);
    });

    test('remembers whose a file is', async () => {
        const dom0 = await fakeDom0({
            rules,
            owners: { work: uuidOf('work') },
        });
        const { owner } = await dom0.deps.rules.read(work);
        expect(owner).toBe(uuidOf('work'));
    });

    test('puts no rules in force whose owner cannot be read', async () => {
        const dom0 = await fakeDom0({ rules, owners: { work: 'me' } });
        const { content } = await dom0.deps.rules.read(work);
        expect(content.ok ? [] : formatProblems(content.error)).toEqual([
            '/etc/qubes/filterproxy/owners/work: not a UUID; if in doubt: rm /etc/qubes/filterproxy/owners/work',
        ]);
    });

    test.each<[string, (path: string) => Promise<void> | void, string]>([
        [
            'a symbolic link',
            async (path) => {
                await rm(path);
                await symlink('/etc/hostname', path);
            },
            'a symbolic link; to put the file itself in its place: cp --remove-destination "$(readlink -f /',
        ],
        [
            'a symbolic link that leads nowhere',
            async (path) => {
                await rm(path);
                await symlink('/nosuch', path);
            },
            'a symbolic link that leads nowhere: ENOENT; to remove it: rm /',
        ],
        [
            'a symbolic link to a device without an end',
            async (path) => {
                await rm(path);
                await symlink('/dev/zero', path);
            },
            'a symbolic link to what is no regular file; to remove it: rm /',
        ],
        [
            'a directory',
            async (path) => {
                await rm(path);
                mkdirSync(path);
            },
            'not a regular file; to move it away: sudo mv /',
        ],
        [
            'a pipe, for which it does not wait',
            async (path) => {
                await rm(path);
                execFileSync('mkfifo', [path]);
            },
            'not a regular file; to move it away: sudo mv /',
        ],
        [
            'a file that others may write',
            (path) => chmod(path, 0o666),
            'others may write it; to mend it: sudo chmod 660 /',
        ],
        [
            'a gigabyte of rules, which it does not read',
            (path) => truncate(path, 2 ** 30),
            'larger than 16777216 bytes',
        ],
    ])('refuses %s', async (_, spoil, message) => {
        expect(await problemsIn(spoil)).toEqual([
            expect.stringContaining(
                `/etc/qubes/filterproxy/qubes/work.rules: ${message}`,
            ),
        ]);
    });

    test('reads a file that has a second name', async () => {
        expect(await problemsIn((path) => link(path, `${path}~`))).toEqual([]);
    });

    test('refuses to read below a directory that others may write', async () => {
        const dom0 = await fakeDom0({ rules });
        await chmod(dom0.config('qubes'), 0o777);
        await expect(dom0.deps.rules.readAll()).rejects.toThrow(
            /must belong to root and be closed to others; to mend it: sudo chown root:qubes \/\S+ && sudo chmod 2770 \//,
        );
    });

    test('says how to make what git, which keeps no empty directory, left out', async () => {
        const dom0 = await fakeDom0();
        const missing = [dom0.config('tags'), dom0.config('owners')];
        for (const path of missing) {
            await rm(path, { recursive: true });
        }
        const mended = `sudo install -d -o root -g qubes -m 2770 ${missing.join(' ')}`;
        await expect(dom0.deps.rules.readAll()).rejects.toThrow(
            `filterproxy is incomplete; to mend it: ${mended}`,
        );
    });
});
