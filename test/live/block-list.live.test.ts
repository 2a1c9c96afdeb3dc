// A block list of a host and its subdomains. The requests are those that are
// tried on a list of allowed hosts, with the roles changed: blocked.test takes
// the place, and the addresses, of allowed.test. Whoever reads a host out of
// them in another way than tinyproxy finds it, or an address of it, in many.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filterOfHosts, filterOfLines } from '../filters.ts';
import { confinedLine } from '../pattern/confined-line.ts';
import { apply, clientOf } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { filterproxy, forgetAll } from './filterproxy.ts';
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
import { inProxyvm } from './proxyvm.ts';
import { sendRaw } from './raw-request.ts';
import { connect, end, get, titled } from './request-text.ts';
import {
    restoreTinyproxy,
    tinyproxies,
    tinyproxyVersion,
    useTinyproxy,
} from './tinyproxies.ts';
import { until } from './until.ts';

const blockedAddresses = ['93.184.1.1', '2a00::1'];
const other = { 'other.test': '93.184.2.2', 'extra.test': '93.184.2.3' };

async function applyFilter(filter: object): Promise<void> {
    await apply([{ ...(await clientOf('work', { hosts: [] })), filter }]);
}

async function block(...patterns: string[]): Promise<void> {
    const lines = patterns.map(confinedLine);
    await applyFilter(filterOfLines(lines, { default: 'allow' }));
}

function changeRoles(request: string): string {
    return request
        .replaceAll(/blocked/gi, 'other')
        .replaceAll('allowed', 'blocked')
        .replaceAll('ALLOWED', 'BLOCKED');
}

const requests = [
    ...[
        ...oddHosts,
        ...noNames,
        ...contained,
        ...refusedPort,
        ...sentOn,
        ...served,
        ...tunnelled,
        ...unreachable,
        ...Object.values(wrappedPort),
    ].map(changeRoles),
    ...['sub.blocked.test', 'Sub.Blocked.TEST', 'x.sub.blocked.test'].flatMap(
        (host) => [
            get(`http://${host}/`),
            connect(`${host}:443`),
            get('/', `Host: ${host}`),
        ],
    ),
    get('/', 'Host: blocked.test\r\n '),
    get('/', 'Host: \n\tblocked.test'),
    get('/', 'Host: blocked.test\t'),
    get('http://blocked.test%00.other.test/'),
];

/** Names in them that nobody blocked. */
const ordinary = /other|extra|xn--blocked-|tinyproxy\.stats/;
const mentionsNone = (request: string) => !ordinary.test(request);
const mentionsOne = (request: string) => ordinary.test(request);

/** What arrived at the blocked host's addresses since the first so many. */
async function arrivedThere(since: number): Promise<object[]> {
    return (await bed.arrived())
        .slice(since)
        .filter(({ address }) => blockedAddresses.includes(address));
}

/** Bytes of data that the only proxy may have. */
async function dataLimit(): Promise<string | undefined> {
    const limits = await inProxyvm('cat /proc/$(pgrep -x tinyproxy)/limits');
    return /^Max data size +(\S+)/m.exec(limits)?.[1];
}

beforeAll(async () => {
    await bed.up();
    await forgetAll();
});

afterAll(async () => {
    await restoreTinyproxy();
    await forgetAll();
});

describe.each(tinyproxies)('a block list, by %s', (which) => {
    beforeAll(async () => {
        await useTinyproxy(which);
        console.info(`runs on ${await tinyproxyVersion()}: ${which}`);
        for (const name of ['', 'sub.', 'x.sub.']) {
            await bed.dns(`${name}blocked.test`, ...blockedAddresses);
        }
        for (const [name, address] of Object.entries(other)) {
            await bed.dns(name, address);
        }
        await block('(^|\\.)blocked\\.test$');
    });

    test.each(['other.test', 'OTHER.test', 'a.b_c.other.test'])(
        'lets through %s',
        async (host) => {
            for (const scheme of ['http', 'https']) {
                expect(await reaches('work', `${scheme}://${host}/`)).toBe(
                    true,
                );
            }
        },
    );

    test.each(titled(requests.filter(mentionsNone)))(
        'leads nowhere with %s',
        async (_, request) => {
            const { status, arrivedAt } = await sendRaw('work', request);
            expect(arrivedAt).toEqual([]);
            expect([0, 400, 403]).toContain(status);
        },
    );

    test.each(titled(requests.filter(mentionsOne)))(
        'leads elsewhere at most with %s',
        async (_, request) => {
            const before = (await bed.arrived()).length;
            await sendRaw('work', request);
            expect(await arrivedThere(before)).toEqual([]);
        },
    );

    // tinyproxy relays what follows the first request to the same server.
    test('sends a second request on a connection where the first one went', async () => {
        const first = `GET http://other.test/ HTTP/1.1${end}`;
        for (const second of [
            get('http://blocked.test/'),
            get('/', 'Host: blocked.test'),
            connect('blocked.test:443'),
        ]) {
            const { arrivedAt } = await sendRaw('work', first + second);
            expect(arrivedAt).toEqual([`${other['other.test']}:80`]);
        }
    });

    // Seen: of 2000 requests to a proxy whose data was used up one got by.
    test('is the list of a proxy that is killed rather than short of memory', async () => {
        expect(await dataLimit()).toBe('unlimited');
        await applyFilter(filterOfHosts(['other.test']));
        expect(await dataLimit()).toBe(`${384 * 1024 * 1024}`);
    });

    test('blocks names whatever the search list of the resolver is', async () => {
        await bed.dns('x.invalid.blocked.test', ...blockedAddresses);
        await inProxyvm(
            'cp /etc/resolv.conf /run/resolv.kept;' +
                ' echo search blocked.test >>/etc/resolv.conf',
        );
        try {
            await applyFilter(filterOfHosts(['x.invalid']));
            const request = get('http://x.invalid/');
            expect((await sendRaw('work', request)).arrivedAt).not.toEqual([]);
            await block('(^|\\.)blocked\\.test$');
            expect(await sendRaw('work', request)).toMatchObject({
                status: 500,
                arrivedAt: [],
            });
        } finally {
            await inProxyvm('cat /run/resolv.kept >/etc/resolv.conf');
        }
    });

    test('without a rule refuses what is no plain host name', async () => {
        await block();
        expect(await reaches('work', 'http://blocked.test/')).toBe(true);
        for (const host of ['blocked.test.', '93.184.1.1', '[2a00::1]']) {
            const answer = await sendRaw('work', get(`http://${host}/`));
            expect(answer).toEqual({
                status: 403,
                reason: 'Filtered',
                arrivedAt: [],
            });
        }
    });

    test('holds while it changes, and over changes of what a list means', async () => {
        const blocked = '(^|\\.)blocked\\.test$';
        await block(blocked);
        const before = (await bed.arrived()).length;
        let isOver = false;
        let asked = 0;
        const spellings = [
            get('http://blocked.test/'),
            get('http://blocked.test./'),
            get('/', 'Host: other.test\r\n .blocked.test'),
            connect('93.184.1.1:443'),
            connect('sub.blocked.test:443'),
        ];
        const ask = async () => {
            for (; !isOver; asked += 1) {
                await sendRaw('work', spellings[asked % 5] ?? '');
            }
        };
        const asking = [ask(), ask()];
        for (let round = 0; round < 2; round += 1) {
            await block(blocked, '^extra\\.test$');
            expect(await reaches('work', 'http://extra.test/')).toBe(false);
            await block(blocked);
            expect(await reaches('work', 'http://extra.test/')).toBe(true);
            await applyFilter(filterOfHosts(['other.test']));
            expect(await reaches('work', 'http://extra.test/')).toBe(false);
            await block(blocked);
        }
        isOver = true;
        await Promise.all(asking);
        expect(asked).toBeGreaterThan(10);
        expect(await arrivedThere(before)).toEqual([]);
    });
});

describe('the command line', () => {
    async function done(...args: string[]): Promise<string> {
        const { stdout, stderr, exitCode } = await filterproxy(...args);
        expect([stderr, exitCode]).toEqual(['', 0]);
        return stdout;
    }
    const reached = (host: string) => reaches('work', `https://${host}/`);

    test('opens all hosts, closes some, and ends what was open to them', async () => {
        await done('default', 'work', 'allow');
        expect(await reached('blocked.test')).toBe(true);
        const before = (await bed.arrived()).length;
        const url = 'https://blocked.test/bytes?n=30000&seconds=20';
        const download = fetchThrough('work', url);
        await until(async () => (await bed.arrived()).length > before, 10);
        expect(await done('deny', 'work', 'blocked.test')).toMatch(
            /^work: \(\^\|\\\.\)blocked\\\.test\$ added\n/,
        );
        expect((await download).exitCode).not.toBe(0);
        expect(await reached('blocked.test')).toBe(false);
        expect(await reached('www.blocked.test')).toBe(false);
        expect(await reached('other.test')).toBe(true);
        expect(await done('show')).toContain(
            'work: served, all hosts but those of 1 rule',
        );
        await done('remove', 'work', 'blocked.test');
        expect(await reached('blocked.test')).toBe(true);
    });
});
