// What is asked while the agent starts: the shell program and its reader.
import { execFileSync } from 'node:child_process';
import {
    chmodSync,
    mkdtempSync,
    openSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Answers, parseAhead } from '../../proxyvm/core/parse-ahead.ts';
import { observe } from '../../proxyvm/observe/observe.ts';
import { observeTinyproxy } from '../../proxyvm/observe/tinyproxy.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runCommand } from '../../shared/io/run-command.ts';
import { captured } from './captured.ts';

const program = join(import.meta.dirname, '../../proxyvm/look-ahead');

const mark = '0d7c3c5e-9a0b-4d2e-8f5a-1b2c3d4e5f60';

/** As the program prints it; odd ones among them failed. */
function whole(asked: readonly (readonly [string, string])[]): string {
    const parts = asked.flatMap(([command, said], index) => [
        command,
        said,
        String(index % 2),
    ]);
    return [mark, ...parts.map((part) => `${part}\n${mark}`), 'end'].join('\n');
}

const output = fc.string({ unit: 'binary' });

const asked = fc
    .array(fc.tuple(fc.uuid(), output))
    .map((all) => all.map(([command, said]) => [command, said] as const));

test('each program is given what it printed, whatever that is', () => {
    fc.assert(
        fc.property(asked, (all) => {
            const succeeded = all.filter((_, index) => index % 2 === 0);
            expect(parseAhead(whole(all))).toEqual(new Map(succeeded));
        }),
        { seed: 20261128 },
    );
});

test('what is cut off anywhere is no answer', () => {
    fc.assert(
        fc.property(asked, fc.nat(), (all, at) => {
            const text = whole(all);
            expect(parseAhead(text.slice(0, at % text.length))).toBeNull();
        }),
        { seed: 20261128 },
    );
});

/** Each writes its name and arguments, and nft has no IPv6 table. */
const standIn = `#!/bin/sh
echo "\${0##*/} $*"
echo trouble >&2
[ "$*" != '--json --numeric list table ip6 qubes' ]
`;

/** What the shell program says of stand-ins for all programs. */
async function look(): Promise<Answers | null> {
    const directory = mkdtempSync(join(tmpdir(), 'look-ahead-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    for (const name of ['tinyproxy', 'systemctl', 'ss', 'nft']) {
        writeFileSync(join(directory, name), standIn);
        chmodSync(join(directory, name), 0o755);
    }
    const lock = openSync(join(directory, 'lock'), 'w');
    const { stdout, stderr } = await runCommand(
        'env',
        [`PATH=${directory}:${process.env['PATH']}`, program],
        { extraFds: [lock, lock] },
    );
    expect(stderr.toString()).toBe('');
    return parseAhead(stdout.toString('latin1'));
}

test('what is asked ahead is all that an apply asks first', async () => {
    const commands: string[] = [];
    const run: RunCommand = async (file, args) => {
        const command = [file, ...args].join(' ');
        commands.push(command);
        return {
            command,
            exitCode: 0,
            stdout: said(file),
            stderr: Buffer.alloc(0),
            startError: null,
            timedOut: false,
            tooLong: false,
        };
    };
    await observeTinyproxy(run);
    await observe(run);
    const answers = await look();
    const failed = 'nft --json --numeric list table ip6 qubes';
    expect([...(answers?.keys() ?? []), failed].sort()).toEqual(
        commands.sort(),
    );
    for (const [command, text] of answers ?? []) {
        expect(text).toBe(`${command}\n`);
    }
});

/** Something that its parser takes. */
function said(file: string): Buffer {
    const captures: Record<string, string> = {
        systemctl: 'systemctl-units.json',
        nft: 'nft-table.json',
    };
    const name = captures[file];
    return name === undefined ? Buffer.alloc(0) : captured(name);
}

test('nothing is asked while another call has the lock', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'look-ahead-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'lock');
    const [held, lock] = [openSync(path, 'w'), openSync(path, 'r')];
    execFileSync('flock', ['--exclusive', '3'], {
        stdio: ['ignore', 'pipe', 'pipe', held],
    });
    const outcome = await runCommand(program, [], { extraFds: [lock, lock] });
    expect(outcome.stdout.toString()).toBe('');
});
