// Calls that overtake each other, and one whose caller is gone: the document
// that was made last is in force in the end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, callAgent, clientOf, document, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';

const lock = '/run/qubes-filterproxy/lock';
const call = 'root:QUBESRPC qubes.FilterProxy+apply dom0';

beforeAll(async () => {
    await bed.up();
    await stop();
});

afterAll(async () => {
    await stop();
});

/** Calls of the agent that wait or work in the ProxyVM. */
async function waiting(): Promise<number> {
    return Number(await inProxyvm('pgrep -fc "[f]ilterproxy-agent qrexec"'));
}

/** Keeps every call waiting until it is released. */
async function holdCalls(): Promise<() => Promise<void>> {
    await inProxyvm('mkfifo /tmp/release');
    const holder = bed.qube(
        'sys-filter',
        ...['flock', lock, 'sh', '-c', 'touch /tmp/held; cat /tmp/release'],
    );
    const isHeld = () => inProxyvm('ls /tmp/held 2>&1');
    await expect.poll(isHeld).toBe('/tmp/held\n');
    return async () => {
        await inProxyvm('echo >/tmp/release; rm /tmp/release /tmp/held');
        await holder;
    };
}

test('a call that was held up changes nothing after a newer one, its caller gone or not', async () => {
    const work = (...hosts: string[]) => clientOf('work', { hosts });
    await apply([await work('kept.test', 'gone.test')]);
    const wider = [await work('kept.test', 'gone.test', 'late.test')];
    const narrower = [await work('kept.test')];
    const release = await holdCalls();
    const before = await waiting();
    const gone = bed.spawn([
        ...['dom0', 'qrexec-client', '-d', 'sys-filter', call],
    ]);
    gone.stdin.end(document(wider));
    await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(before);
    gone.kill('SIGKILL');
    const late = document(wider);
    const newer = callAgent('apply', document(narrower));
    const older = callAgent('apply', late);
    await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(before + 2);
    await release();
    expect((await newer).answer.error).toBeNull();
    const { answer } = await older;
    expect([undefined, 'stale']).toContain(answer.error?.code);
    await expect.poll(waiting, { timeout: 10_000 }).toBe(before);
    expect(await reaches('work', 'http://kept.test/')).toBe(true);
    expect(await reaches('work', 'http://gone.test/')).toBe(false);
    expect(await reaches('work', 'http://late.test/')).toBe(false);
});
