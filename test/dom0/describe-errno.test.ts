import {
    chmodSync,
    mkdirSync,
    mkdtempSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeErrno } from '../../dom0/adapters/describe-errno.ts';

/** A file below a directory that could be ours, each open to its group. */
function ours() {
    const root = mkdtempSync(join(tmpdir(), 'errno-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const directory = join(root, 'etc/qubes/filterproxy');
    const history = join(directory, 'history');
    const file = join(history, '000001.qubes.work.rules');
    mkdirSync(history, { recursive: true });
    writeFileSync(file, '');
    chmodSync(directory, 0o2770);
    chmodSync(history, 0o2770);
    chmodSync(file, 0o660);
    return { directory, history, file };
}

function errno(code: string): NodeJS.ErrnoException {
    return Object.assign(new Error(code), { code, syscall: 'open' });
}

describe('why a file of ours cannot be changed', () => {
    test.each(['EACCES', 'EPERM'])(
        'is the mode of what is closed to the group: %s',
        (code) => {
            for (const [closed, mode, wanted] of [
                ['directory', 0o700, '2770'],
                ['history', 0o2750, '2770'],
                ['file', 0o600, '660'],
            ] as const) {
                const paths = ours();
                const path = paths[closed];
                chmodSync(path, mode);
                expect(describeErrno(errno(code), paths.file)).toBe(
                    `${code}; to mend it: sudo chown root:qubes ${path} && sudo chmod ${wanted} ${path}`,
                );
            }
        },
    );

    test('is who asks, if the group may change it', () => {
        const { file, history } = ours();
        for (const path of [file, join(history, 'to-come')]) {
            expect(describeErrno(errno('EACCES'), path)).toBe(
                'EACCES; run it as root or in the group qubes',
            );
        }
    });

    test.each([
        [
            'ENOSPC',
            'no space is left there (ENOSPC); to see how much is used: df -h',
        ],
        [
            'EDQUOT',
            'no space is left there (EDQUOT); to see how much is used: df -h',
        ],
        [
            'EROFS',
            'what it is on is mounted read-only (EROFS); to see what that is: findmnt -T',
        ],
    ])('is said in words: %s', (code, words) => {
        const { file } = ours();
        expect(describeErrno(errno(code), file)).toBe(
            `${words} ${dirname(file)}`,
        );
    });
});

test('of a file of the user no group is named', () => {
    expect(describeErrno(errno('EACCES'), '/home/user/a.tar')).toBe('EACCES');
});
