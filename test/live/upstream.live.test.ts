// A next proxy reads the host anew, and no resolver of ours stands behind it:
// the filter has to hold alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lineOfHost } from '../filters.ts';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { type Answered, type Sent, sendMany } from './many-requests.ts';
import { noNames, oddHosts } from './odd-hosts.ts';
import {
    contained,
    refusedPort,
    sentOn,
    served,
    tunnelled,
    unreachable,
    wrappedPort,
} from './odd-requests.ts';
import { oddLines, secondRequests } from './odd-upstream-requests.ts';
import { tableElements } from './proxyvm.ts';
import { connect } from './request-text.ts';
import { startUpstream, type Upstream, upstreamAddress } from './upstreams.ts';

const allowed = '93.184.1.1';
const uid = 60_706;

/** Whatever leads to a host of the filter, at whatever port. */
const oddRequests = [
    ...served,
    ...tunnelled,
    ...sentOn,
    ...contained,
    ...unreachable,
    ...oddLines,
];

beforeAll(async () => {
    await bed.up();
    for (const host of ['allowed.test', 'sub.allowed.test']) {
        await bed.dns(host, allowed);
    }
    await bed.dns('blocked.test', '93.184.2.2');
});

afterAll(async () => {
    await stop();
});

/** A filter of a host with all below it, and of some hosts. */
async function serve(upstreams: readonly object[], change: object = {}) {
    const lines = [
        "\\`([a-z0-9_-]+\\.)*allowed\\.test\\'",
        ...['gone.invalid', 'direct.test', 'a.direct.test'].map(lineOfHost),
        ...['in.a.direct.test', 'x.in.a.direct.test'].map(lineOfHost),
    ];
    const client = await clientOf('work', { hosts: [] });
    const settings = { lines, upstreams, ...change };
    const filter = { ...client.filter, ...settings };
    return apply([{ ...client, filter }]);
}

function via({ kind, port }: Upstream, domain: string | null = null) {
    return { kind, address: upstreamAddress, port, domain };
}

/** Sends them, and says where that led, each as `ADDRESS:PORT`. */
async function send(requests: readonly Sent[]) {
    const before = (await bed.arrived()).length;
    const answers = await sendMany('work', requests);
    const arrivals = (await bed.arrived()).slice(before);
    const places = arrivals.map(({ address, port }) => `${address}:${port}`);
    return { answers, places: [...new Set(places)].sort() };
}

/** What the only proxy may connect to. */
async function permits() {
    const own = (await tableElements()).filter(({ parts }) => parts[0] === uid);
    return own.filter(({ set }) => !set.startsWith('client'));
}

const isFiltered = ({ status, text }: Answered) =>
    status === 403 && text.includes('403 Filtered');

describe.each(['squid', 'tinyproxy'] as const)(
    'with %s as the upstream',
    (which) => {
        let upstream: Upstream;

        beforeAll(async () => {
            await stop();
            upstream = await startUpstream(which);
            await serve([via(upstream)], { httpPorts: [] });
        });

        afterAll(async () => {
            await upstream.end();
        });

        test('the hosts of the filter are reached by CONNECT, and no other', async () => {
            expect(await reaches('work', 'https://allowed.test/')).toBe(true);
            for (const url of [
                'https://blocked.test/',
                'http://allowed.test/',
            ]) {
                const { status, connectStatus } = await fetchThrough(
                    'work',
                    url,
                );
                expect(connectStatus || status).toBe(403);
            }
        });

        test('the proxy may connect to it, and to nothing else', async () => {
            const parts = [uid, upstreamAddress, upstream.port];
            expect(await permits()).toEqual([{ set: 'upstream4', parts }]);
        });

        test('odd hosts are refused by the filter', async () => {
            const { answers, places } = await send(oddHosts);
            expect(answers.filter((each) => !isFiltered(each))).toEqual([]);
            expect(places).toEqual([]);
        });

        test('odd requests lead to the hosts of the filter only', async () => {
            const sent = await send([...oddRequests, ...noNames]);
            expect(sent.places).toEqual([`${allowed}:443`]);
        });

        test('a second request on a connection leads nowhere else either', async () => {
            const sent = await send(secondRequests);
            expect(sent.places).toEqual([`${allowed}:443`]);
        });

        test('tunnels to a port that is closed are refused here', async () => {
            const refused = [
                ...refusedPort,
                wrappedPort.connect,
                connect('allowed.test:22'),
            ];
            const { answers, places } = await send(refused);
            expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
            expect(places).toEqual([]);
        });
    },
);

describe('with a SOCKS5 server as the upstream', () => {
    let upstream: Upstream;

    beforeAll(async () => {
        await stop();
        upstream = await startUpstream('socks5');
        await serve([via(upstream)]);
    });

    afterAll(async () => {
        await upstream.end();
    });

    test.each(['http', 'https'])(
        'the hosts of the filter are reached over %s, and no other',
        async (scheme) => {
            const reached = await reaches('work', `${scheme}://allowed.test/`);
            expect(reached).toBe(true);
            const other = await fetchThrough(
                'work',
                `${scheme}://blocked.test/`,
            );
            expect(other.connectStatus || other.status).toBe(403);
        },
    );

    test('the proxy may connect to it, and to nothing else', async () => {
        const parts = [uid, upstreamAddress, upstream.port];
        expect(await permits()).toEqual([{ set: 'upstream4', parts }]);
    });

    test('odd hosts are refused by the filter', async () => {
        const { answers, places } = await send(oddHosts);
        expect(answers.filter((each) => !isFiltered(each))).toEqual([]);
        expect(places).toEqual([]);
    });

    test('odd requests and second ones lead to the hosts of the filter, by HTTP to any port', async () => {
        const { places } = await send([
            ...oddRequests,
            ...noNames,
            ...secondRequests,
        ]);
        const elsewhere = places.filter(
            (each) => !each.startsWith(`${allowed}:`),
        );
        expect(elsewhere).toEqual([]);
        expect(places).toContain(`${allowed}:22`);
    });

    test('nothing but names of the filter was asked of it', () => {
        const name = /^(([a-z0-9_-]+\.)*allowed\.test|gone\.invalid)$/i;
        expect(upstream.asked().filter((each) => !name.test(each))).toEqual([]);
        expect(upstream.asked().length).toBeGreaterThan(50);
    });

    test('without plain HTTP it takes tunnels only, to ports that are open', async () => {
        await serve([via(upstream)], { httpPorts: [] });
        const { places } = await send([...oddRequests, ...secondRequests]);
        expect(places).toEqual([`${allowed}:443`]);
        await stop();
    });

    test('of several for a host that one holds which says most about it', async () => {
        await serve([
            { kind: 'none', domain: '.direct.test' },
            via(upstream, '.a.direct.test'),
            { kind: 'none', domain: 'in.a.direct.test' },
        ]);
        const before = upstream.asked().length;
        for (const host of ['', 'in.a.', 'a.', 'x.in.a.']) {
            const url = `https://${host}direct.test/`;
            expect(await reaches('work', url), url).toBe(true);
        }
        expect(await reaches('work', 'https://allowed.test/')).toBe(true);
        expect(upstream.asked().slice(before)).toEqual([
            'a.direct.test',
            'x.in.a.direct.test',
        ]);
    });

    test('a site past the upstream for all others is reached without it', async () => {
        await serve([via(upstream), { kind: 'none', domain: '.direct.test' }]);
        const before = upstream.asked().length;
        expect(await reaches('work', 'http://direct.test/')).toBe(true);
        expect(await reaches('work', 'http://allowed.test/')).toBe(true);
        expect(upstream.asked().slice(before)).toEqual(['allowed.test']);
    });
});

describe('an upstream that does not answer', () => {
    test.each(['http', 'socks5'])(
        'of kind %s is waited for by nobody, and nothing goes past it',
        async (kind) => {
            await stop();
            const address = upstreamAddress;
            const httpPorts = kind === 'http' ? [] : [80];
            const upstream = { kind, address, port: 4, domain: null };
            await serve([upstream], { httpPorts });
            const { answers, places } = await send(tunnelled.concat(served));
            const through = answers.filter(({ status }) => status === 200);
            expect(through).toEqual([]);
            expect(places).toEqual([]);
        },
    );
});

describe('an upstream in the ProxyVM or among its clients', () => {
    test.each([
        [sysFilter, 'its upstream 10.137.0.4:3128 is this ProxyVM itself'],
        [
            '10.137.0.6',
            'its upstream 10.137.0.6:3128 is a client of this ProxyVM',
        ],
        [
            '10.137.0.5',
            'its upstream 10.137.0.5:3128 is a client of this ProxyVM',
        ],
    ])('at %s is refused', async (address, reason) => {
        await stop();
        const upstream = { kind: 'socks5', address, port: 3128, domain: null };
        const { report } = await serve([upstream]);
        expect(report?.clients).toMatchObject([{ state: 'closed', reason }]);
    });
});
