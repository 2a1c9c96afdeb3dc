// The rule files of removed qubes.
import { mkdirSync } from 'node:fs';
import {
    chmod,
    readdir,
    readFile,
    rm,
    stat,
    symlink,
    writeFile,
} from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    freeDate,
    parseRemovedName,
    type RemovedFile,
    removedPath,
} from '../../dom0/core/removed.ts';
import { setAsideOrphans, setAsideRulesOf } from '../../dom0/set-aside.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { exampleQubes, uuidOf } from './fake-qubes.ts';
import { nameOf, uuidFor } from './rules.ts';

function qube(name: string, kind: 'AppVM' | 'DispVM' = 'AppVM') {
    return { name: nameOf(name), uuid: uuidFor(name), class: kind };
}

/** As it is once a qube is removed, which may have left files. */
function without(name: string) {
    return exampleQubes.filter((each) => each.name !== name);
}

async function removedIn(dom0: FakeDom0): Promise<Record<string, string>> {
    const directory = dom0.config('removed');
    const entries = await readdir(directory);
    const texts = entries
        .sort()
        .map(async (entry) => [
            entry,
            await readFile(`${directory}/${entry}`, 'utf8'),
        ]);
    return Object.fromEntries(await Promise.all(texts));
}

const text = '# for work\n^a\\.test$ comment=x\n';
const workAside = `work.20261124T120000Z.${uuidOf('work')}.rules`;

describe('the rules of a removed qube', () => {
    test.each([
        ['recorded as its', { work: uuidOf('work') }],
        ['recorded as nobody’s', {}],
        ['with a record that cannot be read', { work: 'me' }],
    ])('are set aside as they are: %s', async (_, owners) => {
        const dom0 = await fakeDom0({
            qubes: without('work'),
            rules: { work: text, banking: '^b$\n' },
            owners: { ...owners, banking: uuidOf('banking') },
        });
        await chmod(dom0.config('qubes/work.rules'), 0o640);
        const file = await setAsideRulesOf(dom0.deps, qube('work'));
        expect(file).toEqual({
            name: 'work',
            uuid: uuidOf('work'),
            date: '2026-11-24T12:00:00Z',
        });
        expect(await removedIn(dom0)).toEqual({ [workAside]: text });
        const { mode } = await stat(dom0.config(`removed/${workAside}`));
        expect(mode & 0o777).toBe(0o640);
        expect(await readdir(dom0.config('qubes'))).toEqual(['banking.rules']);
        expect(await readdir(dom0.config('owners'))).toEqual(['banking']);
    });

    test('are left if another qube of that name has them', async () => {
        const dom0 = await fakeDom0({
            rules: { work: text },
            owners: { work: uuidOf('another') },
        });
        expect(await setAsideRulesOf(dom0.deps, qube('work'))).toBeNull();
        expect(await dom0.rules('work')).toBe(text);
        expect(await readdir(dom0.config('owners'))).toEqual(['work']);
    });

    test('are none of a disposable, whatever has its name', async () => {
        const dom0 = await fakeDom0({ rules: { disp12: text } });
        const disposable = qube('disp12', 'DispVM');
        expect(await setAsideRulesOf(dom0.deps, disposable)).toBeNull();
        expect(await dom0.rules('disp12')).toBe(text);
    });

    test('are none if there is no file, and the record goes', async () => {
        const dom0 = await fakeDom0({ owners: { work: uuidOf('work') } });
        expect(await setAsideRulesOf(dom0.deps, qube('work'))).toBeNull();
        expect(await readdir(dom0.config('owners'))).toEqual([]);
        expect(await removedIn(dom0)).toEqual({});
    });

    test.each<[string, (path: string) => Promise<unknown>]>([
        ['has errors', (path) => writeFile(path, '(\n')],
        ['is empty', (path) => writeFile(path, '')],
        ['everybody may write', (path) => chmod(path, 0o666)],
        [
            'is a symbolic link',
            async (path) => {
                await rm(path);
                await symlink('/etc/hostname', path);
            },
        ],
        [
            'is a directory',
            async (path) => {
                await rm(path);
                mkdirSync(path);
            },
        ],
    ])('are set aside from a file that %s', async (_, spoil) => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        await spoil(dom0.config('qubes/work.rules'));
        expect(await setAsideRulesOf(dom0.deps, qube('work'))).not.toBeNull();
        expect(await readdir(dom0.config('removed'))).toEqual([workAside]);
        expect(await readdir(dom0.config('qubes'))).toEqual([]);
    });

    test('replace none that were set aside in the same second', async () => {
        const dom0 = await fakeDom0();
        const dates: (string | undefined)[] = [];
        for (const rules of ['^a$\n', '^b$\n', '^c$\n']) {
            await dom0.deps.rules.writeFile('qubes/work.rules', rules);
            const file = await setAsideRulesOf(dom0.deps, qube('work'));
            dates.push(file?.date.slice(-3));
        }
        expect(dates).toEqual(['00Z', '01Z', '02Z']);
        expect(Object.values(await removedIn(dom0))).toEqual([
            '^a$\n',
            '^b$\n',
            '^c$\n',
        ]);
    });

    test('are not in force when it is cut short after its first step', async () => {
        const dom0 = await fakeDom0({
            qubes: without('work'),
            rules: { work: text },
            owners: { work: uuidOf('work') },
        });
        const forgetOwner = async () => {
            throw new Error('killed');
        };
        const rules = { ...dom0.deps.rules, forgetOwner };
        const cut = { ...dom0.deps, rules };
        await expect(setAsideRulesOf(cut, qube('work'))).rejects.toThrow();
        expect(await removedIn(dom0)).toEqual({ [workAside]: text });
        expect(await readdir(dom0.config('qubes'))).toEqual([]);
        // The record that is left is forgotten with the next look.
        const system = await dom0.deps.inventory.all();
        expect(await setAsideOrphans(dom0.deps, system)).toEqual([]);
        expect(await readdir(dom0.config('owners'))).toEqual([]);
    });

    test('stay where they are below a directory that others may write', async () => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        await chmod(dom0.config('removed'), 0o777);
        await expect(setAsideRulesOf(dom0.deps, qube('work'))).rejects.toThrow(
            /must belong to root and be closed to others/,
        );
        expect(await dom0.rules('work')).toBe(text);
    });
});

describe('the rules of qubes that were removed unseen', () => {
    const rules = { work: text, vault: '^b$\n', coming: '^c$\n' };

    test('are set aside, whoever has the name now', async () => {
        const dom0 = await fakeDom0({
            qubes: without('vault'),
            rules,
            owners: { work: uuidOf('older'), vault: uuidOf('vault') },
        });
        const system = await dom0.deps.inventory.all();
        const files = await setAsideOrphans(dom0.deps, system);
        expect(files.map(({ name, uuid }) => [name, uuid])).toEqual([
            ['vault', uuidOf('vault')],
            ['work', uuidOf('older')],
        ]);
        expect(await readdir(dom0.config('qubes'))).toEqual(['coming.rules']);
        expect(await readdir(dom0.config('owners'))).toEqual([]);
    });

    test('cost neither a lock nor a look if there are none', async () => {
        const dom0 = await fakeDom0({
            rules,
            owners: { work: uuidOf('work') },
        });
        const system = await dom0.deps.inventory.all();
        const before = dom0.commands.length;
        expect(await setAsideOrphans(dom0.deps, system)).toEqual([]);
        expect(dom0.commands.length).toBe(before);
    });

    test('are not those of a qube that came since the listing', async () => {
        const dom0 = await fakeDom0({
            rules,
            owners: { work: uuidOf('work'), vault: uuidOf('gone') },
        });
        const system = new Map(await dom0.deps.inventory.all());
        system.delete(nameOf('work'));
        const files = await setAsideOrphans(dom0.deps, system);
        expect(files.map(({ name }) => name)).toEqual(['vault']);
        expect(await dom0.rules('work')).toBe(text);
    });

    test('stay where they are when a listing fails', async () => {
        const dom0 = await fakeDom0({ rules, owners: { work: uuidOf('x') } });
        const system = await dom0.deps.inventory.all();
        const inventory = {
            ...dom0.deps.inventory,
            all: async () => {
                throw new Error('qubesd does not answer');
            },
        };
        const deps = { ...dom0.deps, inventory };
        await expect(setAsideOrphans(deps, system)).rejects.toThrow('qubesd');
        expect(await dom0.rules('work')).toBe(text);
    });
});

test('a disposable’s name records no owner', async () => {
    const dom0 = await fakeDom0({
        qubes: [
            ...exampleQubes,
            { name: 'disp12', class: 'DispVM', template: 'work-dvm', xid: 12 },
        ],
        rules: { disp12: text, work: text },
    });
    await dom0.cli('update');
    expect(await readdir(dom0.config('owners'))).toEqual(['work']);
});

describe('the name of a file that is set aside', () => {
    const { uuid } = qube('work');
    const aside = (name: string, date: string): RemovedFile => ({
        name: nameOf(name),
        uuid,
        date,
    });

    test('says what it was made of, whatever dots the qube’s name has', () => {
        const first = fc.constantFrom(...'aZ');
        const other = fc.constantFrom(...'a0._-T2Z');
        const names = fc
            .tuple(first, fc.array(other, { maxLength: 25 }))
            .map(([start, rest]) => [start, ...rest, 'x'].join(''));
        const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
        fc.assert(
            fc.property(names, seconds, (name, time) => {
                const date = freeDate(nameOf(name), new Date(time * 1000), []);
                const file = aside(name, date);
                const path = removedPath(file).replace('removed/', '');
                expect(parseRemovedName(path)).toEqual({
                    ok: true,
                    value: file,
                });
            }),
            { seed: 20261124, numRuns: 1000 },
        );
    });

    test.each([
        'work.rules',
        `work.20261124T120000Z.rules`,
        `.20261124T120000Z.${uuid}.rules`,
        `dom0.20261124T120000Z.${uuid}.rules`,
        `work.20260230T120000Z.${uuid}.rules`,
        `work.20261124T126000Z.${uuid}.rules`,
        `work.20261124T120000Z.${uuid.toUpperCase()}x.rules`,
        `work.20261124T120000Z.${uuid}.rules~`,
    ])('is not %s', (name) => {
        expect(parseRemovedName(name).ok).toBe(false);
    });

    test('has the first second that is free', () => {
        const now = new Date('2026-12-31T23:59:59.9Z');
        const known = [
            aside('work', '2026-12-31T23:59:59Z'),
            aside('work', '2027-01-01T00:00:00Z'),
            aside('other', '2027-01-01T00:00:01Z'),
        ];
        expect(freeDate(nameOf('work'), now, known)).toBe(
            '2027-01-01T00:00:01Z',
        );
    });
});
