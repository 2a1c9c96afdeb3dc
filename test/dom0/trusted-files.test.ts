import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTrusted } from '../../dom0/adapters/files.ts';

/** A file of that mode, and who it is of. */
function fileOf(mode: number) {
    const path = join(mkdtempSync(join(tmpdir(), 'trusted-')), 'work.rules');
    writeFileSync(path, '^a$\n');
    chmodSync(path, mode);
    const { uid, gid } = statSync(path);
    return { path, uid, gid };
}

describe('a file that somebody else than root owns', () => {
    test.each([0o644, 0o660])(
        'is read if it is of the group, whose members make such: %o',
        (mode) => {
            const { path, uid, gid } = fileOf(mode);
            const read = readTrusted(path, { uid: uid + 1, gid }, 100);
            expect(read).toEqual({ ok: true, value: Buffer.from('^a$\n') });
        },
    );

    test('is not read if it is of the group and others may write it', () => {
        const { path, uid, gid } = fileOf(0o646);
        const read = readTrusted(path, { uid: uid + 1, gid }, 100);
        expect(read).toEqual({
            ok: false,
            error: `others may write it; to mend it: sudo chmod 660 ${path}`,
        });
    });

    test('is not read if it is of another group', () => {
        const { path, uid, gid } = fileOf(0o600);
        const read = readTrusted(path, { uid: uid + 1, gid: gid + 1 }, 100);
        expect(read).toEqual({
            ok: false,
            error: `belongs to a stranger; to mend it: sudo chown root:qubes ${path}`,
        });
    });
});
