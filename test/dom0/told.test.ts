// Whom ProxyVMs were told to serve, read while others write.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { toldStore } from '../../dom0/adapters/told.ts';
import { nameOf } from './rules.ts';

test('a note that goes while all are read is not there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'told-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const store = toldStore(() => directory);
    await store.write(nameOf('sys-filter'), [nameOf('work')]);
    // It has a name, and nothing behind it.
    symlinkSync('/nowhere', join(directory, 'sys-filter2.told'));
    expect(await store.read()).toEqual(new Map([['sys-filter', ['work']]]));
});
