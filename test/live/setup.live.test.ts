// A ProxyVM that `setup` makes, from the command to the packet; and one whose
// setup fails half way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { fetchThrough } from './fetch.ts';
import { filterproxy, forgetAll } from './filterproxy.ts';

const made = 'sys-made';

beforeAll(async () => {
    await bed.up();
    await forgetAll();
    await bed.start('personal');
}, 600_000);

/** Also where a test ended before it did. */
afterAll(async () => {
    await bed.run(['dom0', 'qvm-prefs', '--default', 'personal', 'netvm']);
    await bed.run(['dom0', 'qvm-firewall', 'personal', 'reset']);
    await bed.run(['stop', made]);
    await bed.run(['remove', made]);
    await bed.run(['stop', 'personal']);
    await forgetAll();
});

/** What a setup could have changed. */
async function picture(): Promise<string> {
    const list = ['--raw-data', '--fields', 'name,state,netvm'];
    const { stdout } = await bed.dom0('qvm-ls', ...list);
    const prefs = await bed.dom0(
        'sh',
        '-c',
        'qvm-prefs personal | grep ^netvm',
    );
    return stdout + prefs.stdout;
}

async function netvmOf(qube: string): Promise<string> {
    return (await bed.dom0('qvm-prefs', qube, 'netvm')).stdout.trim();
}

/** The way around, straight to the Internet. */
async function goesAround(): Promise<boolean> {
    const curl = ['curl', '--silent', '--max-time', '2', 'http://open.test/'];
    return (await bed.qube('personal', ...curl)).exitCode === 0;
}

/** Runs a command with a qvm-prefs that moves no qube. */
const refuseMoves = `
    mkdir -p /tmp/refusing
    cat >/tmp/refusing/qvm-prefs <<'END'
#!/bin/sh
[ "$#" -lt 3 ] || { echo 'no luck' >&2; exit 1; }
exec /usr/bin/qvm-prefs "$@"
END
    chmod +x /tmp/refusing/qvm-prefs
    PATH=/tmp/refusing:$PATH exec "$@"`;

test('a setup that fails half way leaves nothing behind', async () => {
    const before = await picture();
    const { exitCode, stderr } = await bed.dom0(
        ...['sh', '-euc', refuseMoves, 'sh'],
        ...['qvm-filterproxy', 'setup', made, 'personal', '--yes'],
    );
    expect(stderr).toBe(
        `${made} was not set up: qvm-prefs: no luck\n` +
            `    taken back: qvm-shutdown --wait ${made}\n` +
            `    taken back: qvm-remove --force ${made}\n` +
            'all is as it was\n',
    );
    expect(exitCode).toBe(1);
    expect(await picture()).toBe(before);
});

test('an interrupt takes back what was done', async () => {
    const before = await picture();
    const { stderr, exitCode } = await bed.dom0(
        'sh',
        '-c',
        `qvm-filterproxy setup ${made} personal --yes & pid=$!; ` +
            `until qvm-check --quiet ${made}; do sleep 0.05; done; ` +
            'kill -s TERM $pid; wait $pid',
    );
    expect(stderr).toContain('was not set up: it was interrupted');
    expect(stderr).toContain('all is as it was\n');
    expect(exitCode).toBe(1);
    expect(await picture()).toBe(before);
});

test('a qube is put behind a new ProxyVM, and a host that is allowed passes', async () => {
    expect(await goesAround()).toBe(true);
    const { exitCode, stdout, stderr } = await filterproxy(
        ...['setup', made, 'personal', '--yes', '--lock'],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`personal: behind ${made} now`);
    expect(stdout).toContain('qvm-filterproxy allow personal');
    expect(await netvmOf('personal')).toBe(made);
    expect(await netvmOf(made)).toBe('sys-firewall');
    expect(await goesAround()).toBe(false);
    await filterproxy('allow', 'personal', 'open.test');
    const { stdout: gateway } = await bed.dom0(
        ...['qvm-prefs', 'personal', 'visible_gateway'],
    );
    const proxy = `${gateway.trim()}:8100`;
    const allowed = await fetchThrough('personal', 'https://open.test/', proxy);
    expect(allowed.status).toBe(200);
    const other = await fetchThrough('personal', 'https://other.test/', proxy);
    expect(other.connectStatus).toBe(403);
});

test('what is set up is not set up again', async () => {
    const { stdout } = await filterproxy('setup', made, 'personal', '--yes');
    expect(stdout).toBe(`${made}: nothing to do, personal is behind it\n`);
});
