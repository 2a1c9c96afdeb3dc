import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { daemonStore } from '../../dom0/adapters/daemon-store.ts';
import { runDirectory } from '../../dom0/adapters/run-directory.ts';
import { pathsUnder } from '../../dom0/paths.ts';

const state = { pid: 7, isListening: true, pending: [] };

/** A dom0 with a process 7. */
async function dom0With(cmdline: string, letter: string) {
    const root = mkdtempSync(join(tmpdir(), 'daemon-store-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const paths = pathsUnder(root);
    const process = join(paths.proc, '7');
    await mkdir(process, { recursive: true });
    await mkdir(paths.run, { recursive: true });
    await mkdir(paths.units, { recursive: true });
    await writeFile(join(process, 'cmdline'), cmdline);
    await writeFile(
        join(process, 'status'),
        `Name:\tnode\nState:\t${letter} (in words)\n`,
    );
    return {
        paths,
        process,
        store: daemonStore(runDirectory(paths.run), paths),
    };
}

const ours = 'node\0/usr/libexec/qubes/qubes-filterproxyd\0';

test('what the daemon lets be known holds while it runs', async () => {
    const { store, process } = await dom0With(ours, 'S');
    expect(await store.read()).toBeNull();
    await store.write(state);
    expect(await store.read()).toEqual(state);
    await rm(process, { recursive: true });
    expect(await store.read()).toBeNull();
});

test('another process with its number is not the daemon', async () => {
    const { store } = await dom0With('vi\0', 'T');
    await store.write(state);
    expect(await store.read()).toBeNull();
});

test('a daemon that a signal has suspended is told from one that works', async () => {
    const { store } = await dom0With(ours, 'T');
    await store.write(state);
    expect(await store.read()).toBe('suspended');
});

test('a daemon that does not run is told from one that is masked', async () => {
    const { store, paths } = await dom0With('vi\0', 'S');
    const unit = join(paths.units, 'qubes-filterproxyd.service');
    await symlink('/lib/systemd/system/qubes-filterproxyd.service', unit);
    expect(await store.read()).toBeNull();
    await rm(unit);
    await symlink('/dev/null', unit);
    expect(await store.read()).toBe('masked');
});
