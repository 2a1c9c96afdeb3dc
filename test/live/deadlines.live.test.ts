// Filters that end by themselves: in the ProxyVM alone, with dom0 silent, the
// agent dead, its lock held, and whatever the clocks do.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { filterOfHosts } from '../filters.ts';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';
import { until } from './until.ts';

const agent = '/usr/lib/qubes/filterproxy/filterproxy-agent';

interface Then {
    readonly seconds: number;
    /** Null: nothing. */
    readonly hosts: readonly string[] | null;
}

/** `hosts` are allowed at first, and what `then` says after that. */
async function limited(qube: string, hosts: string[], ...then: Then[]) {
    const deadlines = then.map((each) => ({
        seconds: each.seconds,
        filter: each.hosts && filterOfHosts(each.hosts),
    }));
    return clientOf(qube, { hosts, change: { deadlines } });
}

/** The timers that are set, as systemd has them. */
async function timers(): Promise<string[]> {
    const listed = await inProxyvm(
        "systemctl list-units --plain --no-legend 'qubes-filterproxy-expiry-*.timer'",
    );
    return listed.split('\n').flatMap((line) => line.split(' ')[0] || []);
}

beforeAll(async () => {
    await bed.up();
    await stop();
});

test('a rule goes at its time, and nobody else loses anything by it', async () => {
    const url = 'https://slow.test/bytes?n=30000&seconds=5';
    await apply([
        await limited(
            'work',
            ['kept.test', 'two.test', 'three.test'],
            { seconds: 3, hosts: ['kept.test', 'three.test'] },
            { seconds: 5, hosts: ['kept.test'] },
        ),
        await clientOf('banking', { hosts: ['slow.test'] }),
    ]);
    const began = performance.now();
    const open = fetchThrough(
        'work',
        'https://two.test/bytes?n=30000&seconds=9',
    );
    const download = fetchThrough('banking', url);
    expect(await reaches('work', 'https://three.test/')).toBe(true);
    const { seconds, exitCode } = await open;
    expect(exitCode).not.toBe(0);
    expect(seconds).toBeLessThan(4.5);
    const refused = await fetchThrough('work', 'https://two.test/');
    expect(refused.connectStatus).toBe(403);
    expect(await reaches('work', 'https://three.test/')).toBe(true);
    expect(await reaches('work', 'https://kept.test/')).toBe(true);
    await until(
        async () =>
            (await fetchThrough('work', 'https://three.test/'))
                .connectStatus === 403,
        4,
    );
    expect(performance.now() - began).toBeLessThan(8000);
    expect(await reaches('work', 'https://kept.test/')).toBe(true);
    const { status, body } = await download;
    expect([status, body.length]).toEqual([200, 30_000]);
    expect(await timers()).toEqual([]);
});

test('a document that says the same a moment later changes nothing', async () => {
    const later = { seconds: 600, hosts: ['kept.test'] };
    const began = performance.now();
    await apply([await limited('work', ['kept.test', 'a.test'], later)]);
    const before = await timers();
    expect(before).toHaveLength(1);
    await sleep(1500);
    const same = await limited('work', ['kept.test', 'a.test'], {
        ...later,
        seconds: 600 - Math.floor((performance.now() - began) / 1000),
    });
    expect((await apply([same])).report?.steps).toEqual([]);
    expect(await timers()).toEqual(before);
    const sooner = await limited('work', ['kept.test', 'a.test'], {
        ...later,
        seconds: 60,
    });
    expect((await apply([sooner])).report?.steps).toEqual([
        expect.stringMatching(
            /^let the proxy of work \(port \d+\) end in 60 s$/,
        ),
    ]);
    const [timer = '', ...others] = await timers();
    expect(others).toEqual([]);
    expect(before).not.toContain(timer);
    const shown = await inProxyvm(`systemctl cat ${timer}`);
    // Whichever comes first: one stands still while the machine is suspended,
    // the other may be set back.
    expect(shown).toMatch(/^OnActiveSec=(59|1min)/m);
    expect(shown).toMatch(/^OnCalendar=@[0-9]+$/m);
    const kept = await clientOf('work', { hosts: ['kept.test', 'a.test'] });
    expect((await apply([kept])).report?.steps).toEqual([
        expect.stringMatching(/ run without a deadline$/),
    ]);
    expect(await timers()).toEqual([]);
});

describe('with everything else dead', () => {
    test('the client is closed, not open, and the other one is not touched', async () => {
        await apply([
            await limited('work', ['kept.test', 'two.test'], {
                seconds: 3,
                hosts: ['kept.test'],
            }),
            await clientOf('banking', { hosts: ['slow.test'] }),
        ]);
        await inProxyvm(`chmod -x ${agent}`);
        const url = 'https://slow.test/bytes?n=30000&seconds=5';
        const download = fetchThrough('banking', url);
        const open = await fetchThrough(
            'work',
            'https://two.test/bytes?n=30000&seconds=9',
        );
        expect(open.exitCode).not.toBe(0);
        expect(open.seconds).toBeLessThan(4.5);
        for (const host of ['two.test', 'kept.test']) {
            const { exitCode } = await fetchThrough('work', `https://${host}/`);
            expect(exitCode).toBe(7);
        }
        const { status, body } = await download;
        expect([status, body.length]).toEqual([200, 30_000]);
    });

    test('what still holds is opened when the agent is there again', async () => {
        await inProxyvm(`chmod +x ${agent}`);
        await until(() => reaches('work', 'https://kept.test/'), 15);
        const { connectStatus } = await fetchThrough(
            'work',
            'https://two.test/',
        );
        expect(connectStatus).toBe(403);
        expect(await timers()).toEqual([]);
    });
});

test('an old proxy that drains ends with what its client may not any more', async () => {
    await stop();
    const gone = { seconds: 4, hosts: ['kept.test'] };
    await apply([await limited('work', ['kept.test', 'two.test'], gone)]);
    const open = fetchThrough(
        'work',
        'https://two.test/bytes?n=30000&seconds=9',
    );
    await sleep(500);
    await apply([
        await limited('work', ['kept.test', 'two.test', 'more.test'], {
            seconds: 3,
            hosts: ['kept.test', 'more.test'],
        }),
    ]);
    expect(await timers()).toHaveLength(2);
    await inProxyvm(`chmod -x ${agent}`);
    const { exitCode, seconds } = await open;
    await inProxyvm(`chmod +x ${agent}`);
    expect(exitCode).not.toBe(0);
    expect(seconds).toBeLessThan(6);
    await stop();
    expect(await timers()).toEqual([]);
});
