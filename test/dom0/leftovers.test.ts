import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftovers } from '../../dom0/adapters/leftovers.ts';

test('only old files that a write of ours left aside are removed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leftovers-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const nowMs = Date.now();
    const kept = [
        '.work.rules.0123456789ab',
        '.work.rules.swp',
        'work.rules',
        'work.rules.0123456789ab',
    ];
    for (const name of [...kept, '.work.rules.a76f670dd4f7']) {
        const path = join(directory, name);
        await writeFile(path, '');
        const isNew = name === kept[0];
        const seconds = nowMs / 1000 - (isNew ? 3000 : 4000);
        await utimes(path, seconds, seconds);
    }
    mkdirSync(join(directory, '.a.rules.b76f670dd4f7'));
    await removeLeftovers([join(directory, 'nosuch'), directory], nowMs);
    expect(readdirSync(directory).sort()).toEqual(
        ['.a.rules.b76f670dd4f7', ...kept].sort(),
    );
});
