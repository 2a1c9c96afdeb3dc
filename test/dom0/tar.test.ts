import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isTar, readTar, writeTar } from '../../dom0/core/tar.ts';

const most = 1_000_000;

async function temporary(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'tar-'));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
}

function bytesOf(text: string): Uint8Array {
    return new TextEncoder().encode(text);
}

const example = writeTar(
    [
        { path: 'qubes/work.rules', bytes: bytesOf('^a\\.test$\n') },
        { path: 'sets/dev.rules', bytes: bytesOf('') },
    ],
    1_795_000_000,
);

describe('an archive', () => {
    test('of any files is read as it was written', () => {
        const file = fc.record({
            path: fc.stringMatching(/^[a-z]{1,40}\/[a-zA-Z0-9._-]{1,50}$/),
            bytes: fc.uint8Array({ maxLength: 2000 }),
        });
        fc.assert(
            fc.property(fc.array(file, { maxLength: 8 }), (files) => {
                const read = readTar(writeTar(files, 1), most);
                expect(read).toEqual({
                    ok: true,
                    value: files.map(({ path, bytes }) => ({
                        path,
                        bytes: new Uint8Array(bytes),
                    })),
                });
            }),
            { seed: 20261128 },
        );
    });

    test('is one that tar reads', async () => {
        const path = await temporary();
        await writeFile(join(path, 'a.tar'), example);
        const { stdout } = await execa('tar', ['-tvf', join(path, 'a.tar')]);
        expect(stdout.split('\n')).toEqual([
            expect.stringMatching(
                /^-rw-rw---- 0\/0 +10 .* qubes\/work\.rules$/,
            ),
            expect.stringMatching(/^-rw-rw---- 0\/0 +0 .* sets\/dev\.rules$/),
        ]);
    });

    test.each(['gnu', 'ustar'])(
        'of tar’s %s format is read',
        async (format) => {
            const path = await temporary();
            await writeFile(join(path, 'social.10.137.2.13'), '^a$\n');
            const { stdout } = await execa(
                'tar',
                ['-C', path, `--format=${format}`, '-cf', '-', '.'],
                { encoding: 'buffer' },
            );
            expect(readTar(stdout, most)).toEqual({
                ok: true,
                value: [
                    { path: './social.10.137.2.13', bytes: bytesOf('^a$\n') },
                ],
            });
        },
    );

    test('with a link is refused', async () => {
        const path = await temporary();
        await execa('ln', ['-s', '/etc/passwd', join(path, 'work.1.2.3.4')]);
        const { stdout } = await execa('tar', ['-C', path, '-cf', '-', '.'], {
            encoding: 'buffer',
        });
        expect(readTar(stdout, most)).toEqual({
            ok: false,
            error: './work.1.2.3.4 in it is neither a file nor a directory',
        });
    });

    test('that is cut off anywhere is refused', () => {
        for (let length = 0; length < example.length - 1024; length += 7) {
            expect(readTar(example.subarray(0, length), most).ok).toBe(false);
        }
    });

    test('with any other byte in a header is refused, or is the same', () => {
        const good = readTar(example, most);
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 511 }),
                fc.integer({ min: 0, max: 255 }),
                (at, byte) => {
                    const bytes = example.slice();
                    bytes[at] = byte;
                    const read = readTar(bytes, most);
                    expect(read.ok ? read : good).toEqual(good);
                },
            ),
            { seed: 20261128, numRuns: 2000 },
        );
    });

    test('with a file larger than the limit is refused', () => {
        expect(readTar(example, 5)).toEqual({
            ok: false,
            error: 'qubes/work.rules is larger than 5 bytes',
        });
    });
});

test('a text is no archive', () => {
    expect(isTar(bytesOf('0.0.0.0 ads.example.com\n'.repeat(100)))).toBe(false);
    expect(isTar(example)).toBe(true);
});
