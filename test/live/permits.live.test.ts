// What nftables permits a user id lives exactly as long as its proxy.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { inProxyvm, tableElements } from './proxyvm.ts';
import { until } from './until.ts';

const unit = 'qubes-filterproxy@60706.service';
const first = { uid: 60_706, port: 8101 };

let one: Awaited<ReturnType<typeof clientOf>>;
let more: typeof one;
let other: typeof one;

beforeAll(async () => {
    await bed.up();
    one = await clientOf('work', { hosts: ['allowed.test'] });
    more = await clientOf('work', { hosts: ['allowed.test', 'slow.test'] });
    other = await clientOf('banking', { hosts: ['bank.test'] });
});

beforeEach(async () => {
    await stop();
});

afterAll(async () => {
    await stop();
});

/** User ids and ports of proxies that our table names, doors and all. */
async function named(): Promise<number[]> {
    const numbers = (await tableElements())
        .filter(({ set }) => !set.startsWith('resolver'))
        .flatMap(({ parts }) => parts.filter((part) => Number(part) > 8000));
    return [...new Set(numbers.map(Number))].sort();
}

/** Those of the proxies that run. */
async function running(): Promise<number[]> {
    const uids = await inProxyvm('ps -C tinyproxy -o uid=');
    return uids
        .trim()
        .split(/\s+/)
        .filter((uid) => uid !== '')
        .flatMap((uid) => [Number(uid), Number(uid) - 60_706 + 8101])
        .sort();
}

test('a proxy without permits reaches nothing', async () => {
    await apply([one, other]);
    await inProxyvm(
        `systemctl stop ${unit};` +
            ' nft flush set inet qubes-filterproxy permit;' +
            ` systemctl start ${unit};` +
            ' until ss -Hltn "sport = :8101" | grep -q .; do sleep 0.05; done',
    );
    expect(await running()).toContain(first.uid);
    const arrivals = (await bed.arrived()).length;
    for (const url of ['http://allowed.test/', 'https://allowed.test/']) {
        const fetched = await fetchThrough('work', url);
        expect(fetched.connectStatus || fetched.status).toBe(500);
        expect(fetched.seconds).toBeLessThan(0.9);
    }
    expect((await bed.arrived()).slice(arrivals)).toEqual([]);
    await apply([one, other]);
    expect(await reaches('work', 'http://allowed.test/')).toBe(true);
});

test('a proxy without a table does not start', async () => {
    await apply([one]);
    const said = await inProxyvm(
        `systemctl stop 'qubes-filterproxy@*';` +
            ' nft delete table inet qubes-filterproxy;' +
            ` systemctl start ${unit} 2>/dev/null || echo no`,
    );
    expect(said).toBe('no\n');
    expect(await running()).toEqual([]);
    await apply([one]);
    expect(await reaches('work', 'http://allowed.test/')).toBe(true);
});

test('a proxy that is started by hand, after all was stopped, does not start', async () => {
    const said = await inProxyvm(
        'install -d -m 711 /run/qubes-filterproxy/proxies;' +
            ' install -d -m 755 /run/qubes-filterproxy/proxies/60706;' +
            ' cd /run/qubes-filterproxy/proxies/60706; : >filter;' +
            ' printf "Port 8101\\nFilterDefaultDeny No\\n" >tinyproxy.conf;' +
            ` systemctl start ${unit} 2>/dev/null || echo no`,
    );
    expect(said).toBe('no\n');
    expect(await running()).toEqual([]);
    await inProxyvm('rm -r /run/qubes-filterproxy/proxies/60706');
});

test.each<[string, () => Promise<unknown>]>([
    ['its rules were widened and its connections ended', () => apply([more])],
    ['a rule was removed', () => apply([more]).then(() => apply([one]))],
    ['its client is gone', () => apply([other])],
    ['all was stopped', () => stop()],
    [
        'it died',
        async () => {
            const pid = `systemctl show -P MainPID ${unit}`;
            await inProxyvm(`kill -KILL $(${pid})`);
            await until(async () => Number(await inProxyvm(pid)) > 0, 20);
        },
    ],
    [
        'its unit was stopped by hand, at the next apply',
        async () => {
            await inProxyvm(`systemctl stop ${unit}`);
            await apply([more]);
        },
    ],
])('nothing is left of a proxy when %s', async (_, end) => {
    await apply([one, other]);
    expect(await named()).toEqual(await running());
    expect(await named()).toContain(first.uid);
    await end();
    await until(async () => `${await named()}` === `${await running()}`, 20);
});
