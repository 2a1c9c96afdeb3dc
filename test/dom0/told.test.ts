// Whom ProxyVMs were told to serve, read while others write.
import {
    existsSync,
    mkdtempSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toldStore } from '../../dom0/adapters/told.ts';
import { pathsUnder } from '../../dom0/paths.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { nameOf } from './rules.ts';

function emptyStore() {
    const directory = mkdtempSync(join(tmpdir(), 'told-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return { directory, store: toldStore(() => directory) };
}

test('a note that goes while all are read is not there', async () => {
    const { directory, store } = emptyStore();
    await store.write(nameOf('sys-filter'), [nameOf('work')]);
    // It has a name, and nothing behind it.
    symlinkSync('/nowhere', join(directory, 'sys-filter2.told'));
    expect(await store.read()).toEqual(new Map([['sys-filter', ['work']]]));
});

const letters =
    'a qube name is a letter, then letters, digits, "_", "." or "-"';

test.each([
    ['that is empty', '', 'it is empty'],
    ['that breaks off', 'work\nban', 'its last line has no end'],
    ['with a blank line', 'work\n\n', letters],
    ['with what is no name', 'work\n\x1b[2J\n', letters],
])(
    'a note %s is refused, and names nobody for who closes',
    async (_, text, problem) => {
        const { directory, store } = emptyStore();
        await store.write(nameOf('sys-filter'), [nameOf('work')]);
        const path = join(directory, 'sys-filter2.told');
        writeFileSync(path, text);
        await expect(store.read()).rejects.toThrow(
            `${path}: ${problem}; to mend it: rm ${path}, then ` +
                'qvm-filterproxy update sys-filter2',
        );
        expect(await store.readAnyway()).toEqual(
            new Map([
                ['sys-filter', ['work']],
                ['sys-filter2', []],
            ]),
        );
    },
);

test('a file whose name no ProxyVM can have is no note', async () => {
    const { directory, store } = emptyStore();
    writeFileSync(join(directory, '.told'), '');
    writeFileSync(join(directory, 'sys filter.told'), 'work\n');
    expect(await store.read()).toEqual(new Map());
});

describe('a note of which nobody knows whom it names', () => {
    async function served() {
        const agents = {
            'sys-filter': obedientAgent(),
            'sys-filter2': obedientAgent(),
        };
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n' },
            agents: {
                'sys-filter': agents['sys-filter'].agent,
                'sys-filter2': agents['sys-filter2'].agent,
            },
        });
        await dom0.cli('update');
        const path = join(pathsUnder(dom0.root).run, 'sys-filter2.told');
        writeFileSync(path, 'wo?k\n');
        return { dom0, agents, path };
    }

    test.each([[['stop', 'work']], [['kill-all']]])(
        'keeps %s from nothing, and is mended by it',
        async (words) => {
            const { dom0, agents, path } = await served();
            expect((await dom0.cli(...words)).exitCode).toBe(0);
            for (const { applied } of Object.values(agents)) {
                expect(applied.at(-1)?.clients).toEqual([]);
            }
            expect(existsSync(path)).toBe(false);
            expect(await dom0.deps.told.read()).toEqual(new Map());
        },
    );

    test('keeps a rule out of force until it is mended as is said', async () => {
        const { dom0, agents, path } = await served();
        const { exitCode, err } = await dom0.cli('allow', 'work', 'b.test');
        expect(exitCode).toBe(1);
        expect(err).toContain(`to mend it: rm ${path}, then `);
        expect(await dom0.rules('work')).toContain('^b\\.test$');
        expect(agents['sys-filter'].applied.length).toBe(1);
        rmSync(path);
        const update = await dom0.cli('update', 'sys-filter2');
        expect(update.exitCode).toBe(0);
        expect(agents['sys-filter2'].applied.length).toBe(1);
    });
});
