// Settings as they hold in a ProxyVM.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { fetchAll, fetchThrough, reaches } from './fetch.ts';
import { endListeners, listenInProxyvm } from './listeners.ts';
import { sendMany } from './many-requests.ts';
import { inProxyvm, tableElements } from './proxyvm.ts';
import { sendRaw } from './raw-request.ts';
import { connect, get } from './request-text.ts';

const addresses = {
    'allowed.test': '93.184.1.1',
    'nas.test': '192.168.1.9',
    'other.test': '192.168.2.9',
    'six.test': 'fd12:3456::9',
    'loop.test': '127.0.0.1',
    'proxyvm.test': sysFilter,
    'client.test': '10.137.0.6',
    'qube.test': '10.137.0.10',
    'metadata.test': '169.254.169.254',
};
const hosts = Object.keys(addresses);

async function serve(change: object) {
    const client = await clientOf('work', { hosts });
    const filter = { ...client.filter, ...change };
    return apply([{ ...client, filter }]);
}

beforeAll(async () => {
    await bed.up();
    await stop();
    for (const [name, address] of Object.entries(addresses)) {
        await bed.dns(name, address);
    }
    await listenInProxyvm([443]);
});

afterAll(async () => {
    await endListeners();
    await stop();
});

test('tunnels lead to the ports of CONNECT, and plain HTTP to these and its own', async () => {
    await serve({ connectPorts: [443, 8443], httpPorts: [8080] });
    const statuses = await fetchAll('work', [
        'https://allowed.test:8443/',
        'https://allowed.test:444/',
        'https://allowed.test:8080/',
        'http://allowed.test:8080/',
        'http://allowed.test:443/',
        'http://allowed.test:80/',
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([
        200, 403, 403, 200, 200, 500,
    ]);
});

describe('without plain HTTP', () => {
    beforeAll(() => serve({ httpPorts: [] }));

    test('only tunnels pass, whatever a request looks like', async () => {
        const answers = await sendMany('work', [
            get('http://allowed.test/'),
            get('http://allowed.test:443/'),
            get('/', 'Host: allowed.test'),
            get('allowed.test:443', 'Host: allowed.test'),
            connect('http://allowed.test:443'),
            connect('allowed.test'),
            connect('x@allowed.test:443'),
            connect('ALLOWED.test:443'),
            connect('allowed.test:443'),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([
            403, 403, 403, 403, 403, 403, 403, 200, 200,
        ]);
    });

    test('an address of IPv6 is reached by a rule for it', async () => {
        const client = await clientOf('work', { hosts: ['2a00::1'] });
        const filter = { ...client.filter, httpPorts: [] };
        await apply([{ ...client, filter }]);
        const statusOf = async (request: string) =>
            (await sendRaw('work', request)).status;
        expect(await statusOf(connect('[2a00::1]:443'))).toBe(200);
        expect(await statusOf(connect('2a00::1:443'))).toBe(403);
        expect(await statusOf(connect('[2a00::2]:443'))).toBe(403);
    });
});

describe('a private network that is opened', () => {
    beforeAll(() =>
        serve({
            privateDestinations: [
                { network: '192.168.1.0/24', ports: [80, 8443] },
                { network: 'fd12::/16', ports: [443] },
            ],
        }),
    );

    test('is reached at the ports that are, and no other place inside', async () => {
        const expected = {
            'http://nas.test/': 200,
            'https://nas.test:8443/': 200,
            'https://nas.test/': 500,
            'http://nas.test:81/': 500,
            'https://six.test/': 200,
            'http://six.test/': 500,
            'http://other.test/': 500,
            'http://allowed.test:8443/': 500,
            'https://allowed.test:8443/': 500,
            'https://allowed.test/': 200,
        };
        const fetched = await fetchAll('work', Object.keys(expected));
        const statuses = fetched.map(({ url, status }) => [url, status]);
        expect(Object.fromEntries(statuses)).toEqual(expected);
    });

    test('covers no qube, this machine or another, and no loopback', async () => {
        await serve({
            privateDestinations: [{ network: '10.0.0.0/8', ports: [80, 443] }],
        });
        const inside = hosts.filter((host) =>
            /^(loop|prox|cli|qub|met)/.test(host),
        );
        expect(inside).toHaveLength(5);
        const arrivals = (await bed.arrived()).length;
        const urls = inside.flatMap((host) => [
            `http://${host}/`,
            `https://${host}/`,
        ]);
        for (const fetched of await fetchAll('work', urls)) {
            expect(fetched).toMatchObject({ status: 500 });
        }
        expect((await bed.arrived()).slice(arrivals)).toEqual([]);
    });

    test('is not opened by a document that names loopback, or what is public', async () => {
        for (const network of ['127.0.0.0/8', '0.0.0.0/1', '93.184.0.0/16']) {
            const privateDestinations = [{ network, ports: [80] }];
            await expect(serve({ privateDestinations })).rejects.toThrow(
                /privateDestinations.*not a private network/,
            );
        }
    });

    test('is closed again with all that was open there', async () => {
        const lan = { network: '192.168.1.0/24', ports: [80] };
        await serve({ privateDestinations: [lan] });
        const url = 'http://nas.test/bytes?n=90000&seconds=9';
        const running = fetchThrough('work', url);
        await sleep(700);
        const { report } = await serve({ privateDestinations: [] });
        expect(report?.ended).toMatchObject([{ connections: 1 }]);
        expect((await running).exitCode).not.toBe(0);
        expect(await reaches('work', 'http://nas.test/')).toBe(false);
        const open = (await tableElements()).filter(({ set }) =>
            set.startsWith('private'),
        );
        expect(open).toEqual([]);
    });
});

test('an idle connection is closed when its time is out', async () => {
    await serve({ timeoutSeconds: 1 });
    const before = performance.now();
    const [answer] = await sendMany('work', [
        'CONNECT allowed.test:443 HTTP/1.1\r\n\r\n',
    ]);
    expect(answer?.status).toBe(200);
    expect(performance.now() - before).toBeLessThan(2400);
    expect(performance.now() - before).toBeGreaterThan(900);
});

test('of more clients than the limit the next one waits', async () => {
    await serve({ maxClients: 2 });
    const open = 'exec 3<>"/dev/tcp/$0/8100"; exec 4<>"/dev/tcp/$0/8100";';
    const script =
        `${open} sleep 0.3; exec 5<>"/dev/tcp/$0/8100";` +
        ' printf "GET http://allowed.test/ HTTP/1.0\\r\\n\\r\\n" >&5;' +
        ' timeout 1 head -c 12 <&5 || echo waits; exec 3>&-; head -c 12 <&5';
    const { stdout } = await bed.qube('work', 'bash', '-c', script, sysFilter);
    expect(stdout).toBe('waits\nHTTP/1.1 200');
});

test('refused hosts are in the journal, unless that is switched off', async () => {
    const refused = async (record: string) => {
        await serve({ record });
        await fetchThrough('work', `http://${record}.refused.test/`);
        return inProxyvm(
            'journalctl --sync; journalctl --no-pager --output=cat' +
                ` --unit="qubes-filterproxy@*" | grep -c ${record}.refused`,
        );
    };
    expect(await refused('refused')).toBe('1\n');
    expect(await refused('nothing')).toBe('0\n');
});

test('a setting that changes needs a new proxy, and ends nothing by itself', async () => {
    await serve({ timeoutSeconds: 60 });
    const url = 'http://allowed.test/bytes?n=20000&seconds=2';
    const running = fetchThrough('work', url);
    await sleep(700);
    const { report } = await serve({ timeoutSeconds: 61 });
    expect(report?.steps.join()).toMatch(/start the proxy/);
    expect(report?.ended).toEqual([]);
    expect((await running).status).toBe(200);
});
