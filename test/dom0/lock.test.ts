import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileLocks } from '../../dom0/adapters/lock.ts';
import { runDirectory } from '../../dom0/adapters/run-directory.ts';
import { runCommand } from '../../shared/io/run-command.ts';

function temporaryDirectory(): string {
    const path = mkdtempSync(join(tmpdir(), 'lock-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
}

test('a lock is held by one at a time, whoever waits', async () => {
    const path = join(temporaryDirectory(), 'run');
    const { withLock } = fileLocks(runCommand, runDirectory(path));
    let inside = 0;
    let most = 0;
    await Promise.all(
        Array.from({ length: 5 }, () =>
            withLock('sys-filter', async () => {
                inside += 1;
                most = Math.max(most, inside);
                await new Promise((resolve) => setTimeout(resolve, 5));
                inside -= 1;
            }),
        ),
    );
    expect(most).toBe(1);
});

test('locks of different names do not wait for each other', async () => {
    const path = join(temporaryDirectory(), 'run');
    const { withLock } = fileLocks(runCommand, runDirectory(path));
    const inner = withLock('sys-filter', () =>
        withLock('sys-filter2', async () => 'both'),
    );
    expect(await inner).toBe('both');
});

test('a lock ends with its holder, however that ends', async () => {
    const path = join(temporaryDirectory(), 'run');
    mkdirSync(path);
    const script = 'exec 9<>"$0"; flock 9; echo held; exec sleep 60';
    const holder = spawn('bash', ['-c', script, join(path, 'sys-filter.lock')]);
    await once(holder.stdout, 'data');
    const { withLock } = fileLocks(runCommand, runDirectory(path));
    let isHeld = false;
    const waiting = withLock('sys-filter', async () => {
        isHeld = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isHeld).toBe(false);
    holder.kill('SIGKILL');
    await waiting;
    expect(isHeld).toBe(true);
});

test('outside of dom0 there is nothing to lock', async () => {
    const path = join(temporaryDirectory(), 'missing/run');
    const { withLock } = fileLocks(runCommand, runDirectory(path));
    await expect(withLock('x', async () => null)).rejects.toThrow(
        /is missing: not in dom0\?$/,
    );
});

/** One that this process may give a directory to, but does not by itself. */
const otherGroup =
    process.getuid?.() === 0
        ? 98
        : process.getgroups?.().find((gid) => gid !== process.getegid?.());

test.skipIf(otherGroup === undefined)(
    'its directory is for the group of the one above, which hands nothing down',
    async () => {
        const above = temporaryDirectory();
        chownSync(above, -1, otherGroup ?? -1);
        const { gid, mode } = statSync(runDirectory(join(above, 'run'))());
        expect(gid).toBe(otherGroup);
        expect(mode & 0o7777).toBe(0o2770);
    },
);
