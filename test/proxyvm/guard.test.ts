// What the guard of the table says when it ends, with stand-ins for nft and the
// agent.
import {
    chmodSync,
    copyFileSync,
    existsSync,
    mkdtempSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';

const program = join(import.meta.dirname, '../../proxyvm/guard');

interface Around {
    /** What `nft monitor` and `nft list` do. */
    readonly monitor: string;
    readonly list: string;
    /** The agent: whether the table is as it was loaded. */
    readonly agent?: string;
}

/** What it says there. */
async function guard({ monitor, list, agent = ':' }: Around): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'guard-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const install = (name: string, text: string) => {
        const file = join(directory, name);
        writeFileSync(file, `#!/bin/sh\ncd ${directory}\n${text}`);
        chmodSync(file, 0o755);
    };
    install(
        'nft',
        `case "$*" in
'monitor destroy rules') ${monitor} ;;
'list table inet qubes-filterproxy') ${list} ;;
*) echo "unexpected: $*" >&2 ;;
esac
`,
    );
    install('filterproxy-agent', `[ "$*" = guard ] || exit 2\n${agent}\n`);
    copyFileSync(program, join(directory, 'guard'));
    const { stderr, exitCode } = await runCommand('env', [
        `PATH=${directory}:${process.env['PATH']}`,
        join(directory, 'guard'),
    ]);
    // It ends itself by a signal.
    expect(exitCode).toBe(null);
    expect(existsSync(join(directory, 'asked-twice'))).toBe(false);
    return stderr.toString();
}

const table = 'inet qubes-filterproxy';
const last = 'from nftables: no proxy runs on\n';
/** As nft 1.0.6 says it. */
const isMissing = "echo 'Error: No such file or directory' >&2; exit 1";
const waits = 'exec sleep 1 2>/dev/null';
/** As `nft monitor` says that one was removed. */
const aRule = 'echo delete rule inet qubes-filterproxy guard handle 43';

test('the guard tells that the table was gone from the start', async () => {
    expect(await guard({ monitor: waits, list: isMissing })).toBe(
        `${table} is gone ${last}`,
    );
});

test('the guard tells that the table is gone then', async () => {
    const monitor = `sleep 1; touch gone; ${aRule}; ${waits}`;
    const list = `if [ -e gone ]; then ${isMissing}; fi`;
    expect(await guard({ monitor, list })).toBe(`${table} is gone ${last}`);
});

test('the guard tells that it cannot watch the table any more', async () => {
    const why = 'nft monitor ended';
    const said = await guard({ monitor: 'exit 1', list: 'echo table' });
    expect(said).toBe(`${table} may be gone (${why}) ${last}`);
});

test('the guard tells that it cannot look for the table', async () => {
    const why = 'nft list: Error: Operation not permitted';
    const list = "echo 'Error: Operation not permitted' >&2; exit 1";
    const said = await guard({ monitor: waits, list });
    expect(said).toBe(`${table} may be gone (${why}) ${last}`);
});

/** One that ends them where there is such a file, and says so. */
const agentUnlessChanged = '[ ! -e changed ] || { echo changed >&2; exit 1; }';

test('the guard ends when a rule of the table was removed', async () => {
    const monitor = `sleep 1; touch changed; ${aRule}; ${waits}`;
    const around = { monitor, list: ':', agent: agentUnlessChanged };
    expect(await guard(around)).toBe('changed\n');
});

test('the guard ends when a rule may have been removed unnoticed', async () => {
    const lost = "echo '# ERROR: We lost some netlink events!'";
    const monitor = `sleep 1; touch changed; ${lost}; ${waits}`;
    const around = { monitor, list: ':', agent: agentUnlessChanged };
    expect(await guard(around)).toBe('changed\n');
});

test('the guard stays when it was the agent that loaded the table', async () => {
    // It is asked at the beginning, and once for all of a transaction.
    const agent = `if [ -e asked ]; then touch asked-twice; fi
if [ -e first ]; then touch asked; fi
touch first`;
    const monitor = `sleep 1; ${aRule}; ${aRule}; ${aRule}; sleep 1; exit 1`;
    const said = await guard({ monitor, list: ':', agent });
    expect(said).toBe(`${table} may be gone (nft monitor ended) ${last}`);
});

test('the guard asks nobody about rules of other tables', async () => {
    const agent = 'if [ -e asked ]; then touch asked-twice; fi; touch asked';
    const other = 'echo delete rule inet other guard handle 43';
    const monitor = `sleep 1; ${other}; sleep 1; exit 1`;
    const said = await guard({ monitor, list: ':', agent });
    expect(said).toBe(`${table} may be gone (nft monitor ended) ${last}`);
});
