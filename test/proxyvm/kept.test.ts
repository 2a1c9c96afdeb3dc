// Files that the agent keeps for its next call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { readKept } from '../../proxyvm/observe/kept.ts';

test('a kept file is missing, whole, or says what is wrong with it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'kept-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'kept.json');
    const read = () => readKept(v.array(v.number()), path, 10);
    expect(read()).toBe(null);
    writeFileSync(path, '[1,2]');
    expect(read()).toEqual({ ok: true, value: [1, 2] });
    writeFileSync(path, '');
    expect(read()).toEqual({ ok: false, error: 'it is empty' });
    writeFileSync(path, '[1,2,3,4,5]');
    const error = 'it is longer than 10 bytes';
    expect(read()).toEqual({ ok: false, error });
});

test('a kept file that cannot be read says so, and keeps nobody from closing', () => {
    const read = (path: string) => readKept(v.unknown(), path, 10);
    expect(read('/')).toEqual({ ok: false, error: 'it is a directory' });
    expect(read('/proc/version/kept.json')).toEqual({
        ok: false,
        error: 'it cannot be read: ENOTDIR',
    });
});
