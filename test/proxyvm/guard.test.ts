// What the guard of the table says when it ends, with a stand-in for nft.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';

const program = join(import.meta.dirname, '../../proxyvm/guard');

/** What it says where that is what `nft monitor` and `nft list` do. */
async function guard(monitor: string, list: string): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'guard-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const nft = join(directory, 'nft');
    const script = `#!/bin/sh
cd ${directory}
case "$*" in
'monitor destroy tables') ${monitor} ;;
'list table inet qubes-filterproxy') ${list} ;;
*) echo "unexpected: $*" >&2 ;;
esac
`;
    writeFileSync(nft, script);
    chmodSync(nft, 0o755);
    const { stderr, exitCode } = await runCommand('env', [
        `PATH=${directory}:${process.env['PATH']}`,
        program,
    ]);
    // It ends itself by a signal.
    expect(exitCode).toBe(null);
    return stderr.toString();
}

const table = 'inet qubes-filterproxy';
const last = 'from nftables: no proxy runs on\n';
/** As nft 1.0.6 says it. */
const isMissing = "echo 'Error: No such file or directory' >&2; exit 1";
const waits = 'exec sleep 1 2>/dev/null';

test('the guard tells that the table was gone from the start', async () => {
    expect(await guard(waits, isMissing)).toBe(`${table} is gone ${last}`);
});

test('the guard tells that the table is gone then', async () => {
    const monitor = `sleep 1; touch gone; echo delete table; ${waits}`;
    const list = `if [ -e gone ]; then ${isMissing}; fi`;
    expect(await guard(monitor, list)).toBe(`${table} is gone ${last}`);
});

test('the guard tells that it cannot watch the table any more', async () => {
    const why = 'nft monitor ended';
    const said = await guard('exit 1', 'echo table');
    expect(said).toBe(`${table} may be gone (${why}) ${last}`);
});

test('the guard tells that it cannot look for the table', async () => {
    const why = 'nft list: Error: Operation not permitted';
    const list = "echo 'Error: Operation not permitted' >&2; exit 1";
    const said = await guard(waits, list);
    expect(said).toBe(`${table} may be gone (${why}) ${last}`);
});
