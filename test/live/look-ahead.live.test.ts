// What the service asks while the agent starts: it is used where it is whole
// and of now, and nothing depends on it.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { apply, clientOf, document, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';

const program = '/usr/lib/qubes/filterproxy/look-ahead';
const lock = '/run/qubes-filterproxy/lock';

/** In place of ss: notes who asks for all sockets of ours. */
const noting = `#!/bin/sh
case "$*" in *"sport >="*) cat /proc/$PPID/comm >>/run/ss-asked ;; esac
exec /usr/bin/ss "$@"`;

beforeAll(async () => {
    await bed.up();
    await stop();
    await inProxyvm(`mkdir -p /usr/local/sbin
        echo '${noting}' >/usr/local/sbin/ss; chmod 755 /usr/local/sbin/ss`);
    await apply([await clientOf('work', { hosts: ['first.test'] })]);
});

afterEach(async () => {
    await inProxyvm(`umount ${program}; rm -f /run/look-ahead`);
});

afterAll(async () => {
    await inProxyvm('rm /usr/local/sbin/ss');
    await stop();
});

async function whoAsks(action: () => Promise<unknown>): Promise<string> {
    await inProxyvm('rm -f /run/ss-asked');
    await action();
    return inProxyvm('cat /run/ss-asked');
}

async function allow(host: string): Promise<void> {
    await apply([await clientOf('work', { hosts: ['first.test', host] })]);
    expect(await reaches('work', `http://${host}/`)).toBe(true);
}

test('what was asked ahead is not asked again', async () => {
    const who = await whoAsks(() => allow('ahead.test'));
    expect(who).toBe('look-ahead\n');
});

test.each([
    ['says nothing', 'exit 0'],
    ['fails', 'echo oops; exit 1'],
    ['is cut off', '/run/look-ahead.real | head -c 300'],
    ['does not end what it says', '/run/look-ahead.real | sed s/^end$/e/'],
    ['says far too much', 'timeout 3 yes'],
    ['hangs', 'sleep 60'],
])('the agent asks by itself when the other %s', async (_, script) => {
    await inProxyvm(`cp ${program} /run/look-ahead.real
        printf '#!/bin/sh\\n%s\\n' '${script}' >/run/look-ahead
        chmod 755 /run/look-ahead; mount --bind /run/look-ahead ${program}`);
    const who = await whoAsks(() => allow('alone.test'));
    expect(who).toContain('filterproxy-age\n');
});

test('what was asked before another call ended is asked again', async () => {
    const held = bed.qube('sys-filter', 'flock', lock, 'sleep', '2');
    const isHeld = () =>
        inProxyvm(`flock --nonblock ${lock} true || echo held`);
    await expect.poll(isHeld).toBe('held\n');
    const who = await whoAsks(() => allow('waited.test'));
    expect(who).toBe('filterproxy-age\n');
    await held;
});

test('a request that does not end keeps nobody waiting', async () => {
    const client = await clientOf('work', { hosts: ['slow.test'] });
    const call = bed.spawn([
        ...['dom0', 'qrexec-client', '-d', 'sys-filter'],
        'root:QUBESRPC qubes.FilterProxy+apply dom0',
    ]);
    const text = document([client]);
    call.stdin.write(text.slice(0, 10));
    const asked = () => inProxyvm('pgrep -fc "[f]ilterproxy-agent qrexec"');
    await expect.poll(asked).toBe('1\n');
    const free = () => inProxyvm(`flock --nonblock ${lock} true && echo free`);
    await expect.poll(free, { timeout: 5000 }).toBe('free\n');
    const who = await whoAsks(async () => {
        call.stdin.end(text.slice(10));
        await call;
    });
    expect(who).toBe('filterproxy-age\n');
    expect(await reaches('work', 'http://slow.test/')).toBe(true);
    expect(await reaches('work', 'http://first.test/')).toBe(false);
});
