// A name that is allowed leads a client's proxy to global addresses only,
// wherever it resolves to.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    apply,
    clientOf,
    gateway,
    gateway6,
    stop,
    sysFilter,
    sysFilter6,
} from './agent.ts';
import { bed } from './bed.ts';
import { answering, fetchAll, reaches } from './fetch.ts';
import { inside, neighbours } from './inside.ts';
import { endListeners, listenInProxyvm } from './listeners.ts';
import { inProxyvm, portOfClient } from './proxyvm.ts';

const names = new Map(
    [...inside.map(([, address]) => address), ...neighbours].map(
        (address, index) => [address, `inside${index}.test`],
    ),
);
/** Its addresses change; those of `allowed.test` other tests rely on. */
const several = 'several.test';
const hosts = ['allowed.test', several, ...names.values()];

function urlsOf(addresses: readonly string[], port = ''): string[] {
    return addresses
        .map((address) => names.get(address))
        .flatMap((name) => [
            `http://${name}${port}/`,
            `https://${name}${port}/`,
        ]);
}

/** Ports of the ProxyVM: the updates proxy's, our door's, the proxies'. */
const ports = [8082, 8100, 8101, 8102, 8103];

/** The filter allows these ports too: whoever stops a proxy, it does not. */
async function serve(...more: string[]): Promise<void> {
    const work = await clientOf('work', { hosts: [...hosts, ...more] });
    const filter = {
        ...work.filter,
        connectPorts: [443, ...ports],
        httpPorts: [80, ...ports],
    };
    await apply([
        { ...work, filter },
        await clientOf('banking', { hosts: ['bank.test'] }),
    ]);
}

async function dieAndStartAgain(): Promise<void> {
    const port = await portOfClient('10.137.0.5');
    // As many sockets, and another process: they neither go nor come at once.
    await inProxyvm(
        `look() {
            ss -Hltnp "sport = :${port}" | grep -o 'pid=[0-9]*' | uniq -c
        }
        before=$(look)
        kill -KILL "\${before##*=}"
        until now=$(look); [ "\${now%=*}" = "\${before%=*}" ] &&
            [ "$now" != "$before" ]
        do sleep 0.05; done`,
    );
}

beforeAll(async () => {
    await bed.up();
    await stop();
    for (const [address, name] of names) {
        await bed.dns(name, address);
    }
    await listenInProxyvm([80, 443, 8082]);
});

afterAll(async () => {
    await endListeners();
    await stop();
});

test('the ProxyVM itself gets to what is inside', async () => {
    const some = ['127.0.0.1', sysFilter, '192.168.1.1'];
    const urls = [...some, `[${sysFilter6}]`].map((each) => `${each}:80`);
    expect(await answering('sys-filter', urls)).toEqual(urls.sort());
});

describe.each<[string, () => Promise<void>]>([
    ['that has just started', () => serve()],
    ['that took over because a rule was added', () => serve('added.test')],
    ['that systemd has started again', dieAndStartAgain],
    ['that took over because a rule was removed', () => serve()],
])('a proxy %s', (_, reach) => {
    beforeAll(reach);

    test('gets to nothing inside by a name that resolves there, and says so at once', async () => {
        const addresses = inside.map(([, address]) => address);
        const urls = [
            ...urlsOf(addresses),
            ...ports.flatMap((port) =>
                urlsOf([sysFilter, sysFilter6, '127.0.0.1'], `:${port}`),
            ),
        ];
        const arrivals = (await bed.arrived()).length;
        for (const proxy of [gateway, gateway6]) {
            for (const fetched of await fetchAll('work', urls, proxy)) {
                expect(fetched).toMatchObject({ status: 500 });
                expect(fetched.seconds, fetched.url).toBeLessThan(0.9);
            }
        }
        expect((await bed.arrived()).slice(arrivals)).toEqual([]);
        expect(await reaches('work', 'http://allowed.test/')).toBe(true);
    });

    test('does not get to a client by such a name either', async () => {
        // Not at once: Qubes drops the reset, which has that client's
        // address but comes from inside. The second SYN is told by ICMP.
        const asked = neighbours.map((each) =>
            fetchAll('work', urlsOf([each])),
        );
        for (const fetched of (await Promise.all(asked)).flat()) {
            expect(fetched).toMatchObject({ status: 500 });
            expect(fetched.seconds, fetched.url).toBeLessThan(2);
        }
    });

    test.each([
        [['192.168.1.1', '93.184.1.1']],
        [['93.184.1.1', '127.0.0.1']],
        [['fd12:3456::1', '93.184.1.1']],
        [['::1', '::ffff:192.168.1.1', '93.184.1.1']],
        [['10.137.0.6', '2a00::1']],
    ])('gets to the public one of %j', async (addresses) => {
        await bed.dns(several, ...addresses);
        expect(await reaches('work', `http://${several}/`)).toBe(true);
    });
});
