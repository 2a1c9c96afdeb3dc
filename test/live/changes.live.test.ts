// A rule change: an addition loses no connection, a removal ends all that
// it forbids before the call returns.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';
import { sendHalf } from './raw-request.ts';
import { until } from './until.ts';

async function allow(qube: string, ...hosts: string[]) {
    return apply([await clientOf(qube, { hosts })]);
}

/** The proxies that run, without a spare. */
async function proxies(): Promise<string[]> {
    const pids = await inProxyvm('pgrep --exact tinyproxy');
    return pids.split('\n').filter((line) => line !== '');
}

/** Until so many run, for half a minute at most. */
async function untilProxies(count: number): Promise<void> {
    await expect
        .poll(async () => (await proxies()).length, { timeout: 30_000 })
        .toBe(count);
}

beforeAll(async () => {
    await bed.up();
});

describe('an addition', () => {
    test('lets a slow download run to its end and serves the new host at once', async () => {
        await stop();
        await allow('work', 'slow.test');
        const url = 'https://slow.test/bytes?n=30000&seconds=4';
        const download = fetchThrough('work', url);
        await sleep(700);
        const { report } = await allow('work', 'slow.test', 'added.test');
        expect(report?.clients[0]).toMatchObject({
            state: 'served',
            draining: 1,
        });
        expect(await reaches('work', 'https://added.test/')).toBe(true);
        const { status, body } = await download;
        expect(status).toBe(200);
        expect(body.length).toBe(30_000);
    });

    test('ends the old proxy when its last connection has ended', async () => {
        expect(await proxies()).toHaveLength(2);
        await untilProxies(1);
        const left = async () => {
            const { stdout } = await bed.qube(
                'sys-filter',
                'sh',
                '-c',
                'nft list set inet qubes-filterproxy permit; ls /run/qubes-filterproxy/proxies',
            );
            expect(stdout).toContain('60707');
            return stdout;
        };
        // Its process goes first, then what it might do.
        await until(async () => !(await left()).includes('60706'), 20);
    });

    test('ends the old proxy after a day, whatever is open', async () => {
        await stop();
        await allow('work', 'slow.test');
        const url = 'https://slow.test/bytes?n=30000&seconds=50';
        const limit = ['--max-time', '60'];
        const download = fetchThrough('work', url, undefined, ...limit);
        await sleep(500);
        await allow('work', 'slow.test', 'added.test');
        // As if it had begun to drain when the qube booted, a day ago.
        await bed.qube(
            'sys-filter',
            'sh',
            '-c',
            'echo 1 >/run/qubes-filterproxy/proxies/60706/drains-until',
        );
        const { exitCode, seconds } = await download;
        expect(exitCode).not.toBe(0);
        expect(seconds).toBeLessThan(30);
        expect(await proxies()).toHaveLength(1);
    });

    test('loses and refuses nothing while requests pour in', async () => {
        await stop();
        await allow('work', 'busy.test');
        const script = `
            end=$(($(date +%s) + 6)); failed=0; all=0
            while [ $(date +%s) -lt $end ]; do
                all=$((all + 1))
                curl --silent --fail --max-time 5 --output /dev/null \\
                    --proxy http://10.137.0.4:8100 http://busy.test/ ||
                    failed=$((failed + 1))
            done
            echo $all $failed`;
        const hammer = bed.qube('work', 'sh', '-c', script);
        const hosts = ['busy.test'];
        for (let change = 0; change < 8; change += 1) {
            hosts.push(`host${change}.test`);
            await allow('work', ...hosts);
        }
        const [all = 0, failed] = (await hammer).stdout.split(' ').map(Number);
        expect(all).toBeGreaterThan(50);
        expect(failed).toBe(0);
    });

    test('of a rule that was just removed keeps the proxy that has it', async () => {
        await stop();
        await allow('work', 'a.test', 'b.test');
        const before = await allow('work', 'a.test', 'b.test');
        expect(before.report?.steps).toEqual([]);
    });
});

describe('a removal', () => {
    test('refuses the host from the moment the call returns', async () => {
        await stop();
        await allow('work', 'kept.test', 'gone.test');
        expect(await reaches('work', 'https://gone.test/')).toBe(true);
        await allow('work', 'kept.test');
        expect(
            (await fetchThrough('work', 'https://gone.test/')).connectStatus,
        ).toBe(403);
        expect(await reaches('work', 'https://kept.test/')).toBe(true);
        expect(await proxies()).toHaveLength(1);
    });

    test('ends open tunnels, in draining proxies too', async () => {
        await stop();
        await allow('work', 'gone.test');
        const url = 'https://gone.test/bytes?n=30000&seconds=25';
        const oldTunnel = fetchThrough(
            'work',
            url,
            undefined,
            '--max-time',
            '30',
        );
        await sleep(500);
        await allow('work', 'gone.test', 'kept.test');
        const tunnel = fetchThrough('work', url, undefined, '--max-time', '30');
        await sleep(500);
        await allow('work', 'kept.test');
        expect(await proxies()).toHaveLength(1);
        for (const ended of [await oldTunnel, await tunnel]) {
            expect(ended.exitCode).not.toBe(0);
            expect(ended.seconds).toBeLessThan(10);
        }
    });

    test('says whose connections it ended, and how many', async () => {
        await stop();
        await allow('work', 'gone.test', 'kept.test');
        const tunnels = ['gone.test', 'kept.test'].map((host) =>
            fetchThrough(
                'work',
                `https://${host}/bytes?n=30000&seconds=20`,
                undefined,
                '--max-time',
                '30',
            ),
        );
        await sleep(500);
        const { report } = await allow('work', 'kept.test');
        expect(report?.ended).toMatchObject([{ name: 'work', connections: 2 }]);
        expect((await allow('work', 'kept.test')).report?.ended).toEqual([]);
        for (const { exitCode } of await Promise.all(tunnels)) {
            expect(exitCode).not.toBe(0);
        }
    });

    test('answers a request that was half sent by the new rules or not at all', async () => {
        await stop();
        await allow('work', 'gone.test', 'kept.test');
        const before = (await bed.arrived()).length;
        const requests = await Promise.all(
            [
                'GET http://gone.test/ HTTP/1.1\r\n',
                'CONNECT gone.test:443 HTTP/1.1\r\n',
                'GET http://kept.test/ HTTP/1.1\r\n',
            ].map((start) => sendHalf('work', start)),
        );
        await allow('work', 'kept.test');
        for (const request of requests) {
            const answer = await request.finish('Connection: close\r\n\r\n');
            expect(answer).not.toMatch(/^HTTP.* 2\d\d /);
        }
        expect(await bed.arrived()).toHaveLength(before);
    });

    test('lets connections end by themselves if dom0 says so, for that long', async () => {
        await stop();
        await allow('work', 'gone.test', 'kept.test');
        const url = 'https://gone.test/bytes?n=30000&seconds=5';
        const short = fetchThrough('work', url);
        await sleep(500);
        const change = { narrowing: { drainSeconds: 8 } };
        const narrower = await clientOf('work', {
            hosts: ['kept.test'],
            change,
        });
        const { report } = await apply([narrower]);
        expect(report?.clients).toMatchObject([{ draining: 1, wider: 1 }]);
        expect(report?.ended).toEqual([]);
        const refused = await fetchThrough('work', 'https://gone.test/');
        expect(refused.connectStatus).toBe(403);
        // Looking again changes nothing of it.
        await allow('work', 'kept.test');
        expect((await short).status).toBe(200);
        await allow('work', 'gone.test', 'kept.test');
        const long = fetchThrough(
            'work',
            'https://gone.test/bytes?n=30000&seconds=60',
            undefined,
            '--max-time',
            '60',
        );
        await sleep(500);
        await apply([narrower]);
        expect((await long).exitCode).not.toBe(0);
        expect((await long).seconds).toBeLessThan(30);
        await untilProxies(1);
    });

    test('leaves the downloads of another client alone', async () => {
        await stop();
        const banking = await clientOf('banking', { hosts: ['bank.test'] });
        await apply([
            banking,
            await clientOf('work', { hosts: ['a.test', 'b.test'] }),
        ]);
        const url = 'https://bank.test/bytes?n=30000&seconds=4';
        const download = fetchThrough('banking', url);
        await sleep(500);
        await apply([banking, await clientOf('work', { hosts: ['a.test'] })]);
        const { status, body } = await download;
        expect(status).toBe(200);
        expect(body.length).toBe(30_000);
    });
});

describe('a client whose rules dom0 cannot read now', () => {
    test('keeps what was in force, and gets nothing if there was nothing', async () => {
        await stop();
        await allow('work', 'kept.test');
        const unknown = { hosts: [], change: { filter: null } };
        const { report } = await apply([
            await clientOf('work', unknown),
            await clientOf('banking', unknown),
        ]);
        expect(report?.clients.map(({ name, state }) => [name, state])).toEqual(
            [
                ['work', 'held'],
                ['banking', 'closed'],
            ],
        );
        expect(await reaches('work', 'https://kept.test/')).toBe(true);
        expect(await reaches('banking', 'https://kept.test/')).toBe(false);
    });
});

describe('a client that starts', () => {
    test('has its door by its address until its domain is known', async () => {
        await stop();
        await bed.create('starter', '--netvm', 'sys-filter');
        try {
            const halted = await clientOf('starter', { hosts: ['a.test'] });
            await apply([{ ...halted, xid: null }]);
            // For a while, whatever becomes of dom0.
            const doors = 'nft list map inet qubes-filterproxy starting4';
            expect(await inProxyvm(doors)).toMatch(/ expires 1m[0-9]+s/);
            expect(
                (await apply([{ ...halted, xid: null }])).report?.steps,
            ).toEqual([]);
            await bed.start('starter');
            expect(await reaches('starter', 'https://a.test/')).toBe(true);
            const running = await clientOf('starter', { hosts: ['a.test'] });
            const { report } = await apply([running]);
            expect(report?.steps.join()).not.toMatch(/start the proxy/);
            expect(await reaches('starter', 'https://a.test/')).toBe(true);
        } finally {
            await bed.run(['kill', 'starter']);
            await bed.remove('starter');
        }
    });

    test('has none while another qube has its address', async () => {
        await stop();
        const work = await clientOf('work', { hosts: ['a.test'] });
        const starting = { ...work, xid: null, ranBefore: [work.xid] };
        const { report } = await apply([starting]);
        expect(report?.clients).toMatchObject([
            {
                state: 'closed',
                reason: expect.stringMatching(/another qube has its address/),
            },
        ]);
        expect(await reaches('work', 'https://a.test/')).toBe(false);
    });

    test('is served at the interface that got its address meanwhile', async () => {
        const work = await clientOf('work', { hosts: ['a.test'] });
        await apply([{ ...work, xid: null, ranBefore: [] }]);
        expect(await reaches('work', 'https://a.test/')).toBe(true);
        const { report } = await apply([work]);
        expect(report?.steps).toEqual([]);
    });

    test('is not mistaken for the domain that has its address', async () => {
        const work = await clientOf('work', { hosts: ['a.test'] });
        await apply([{ ...work, xid: work.xid + 1 }]);
        expect(await reaches('work', 'https://a.test/')).toBe(false);
        await apply([work]);
        expect(await reaches('work', 'https://a.test/')).toBe(true);
    });
});
