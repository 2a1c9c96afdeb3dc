// What the agent tells of requests that were refused.
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
    ClientRequests,
    RequestsAnswer,
} from '../../shared/protocol/requests.ts';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';
import { sendRaw } from './raw-request.ts';

const question = `${JSON.stringify({ version: 1, sinceSeconds: null })}\n`;

function call(verb: string): string[] {
    const service = `root:QUBESRPC qubes.FilterProxy+${verb} dom0`;
    return ['dom0', 'qrexec-client', '-d', 'sys-filter', service];
}

async function requestsOf(name: string): Promise<ClientRequests | undefined> {
    await inProxyvm('journalctl --sync');
    const { stdout } = await bed.run(call('requests'), { input: question });
    const answer: RequestsAnswer = JSON.parse(stdout);
    expect(answer.error).toBeNull();
    return answer.requests?.clients.find((each) => each.name === name);
}

/** Hosts with how often each was refused. */
async function refusedTo(name: string): Promise<Record<string, number>> {
    const entries = (await requestsOf(name))?.entries ?? [];
    return Object.fromEntries(entries.map(({ host, count }) => [host, count]));
}

async function serve(...qubes: string[]): Promise<void> {
    const hosts = ['allowed.test'];
    await apply(
        await Promise.all(qubes.map((qube) => clientOf(qube, { hosts }))),
    );
}

beforeAll(async () => {
    await bed.up();
    await stop();
    await serve('work', 'banking');
});

afterAll(() => stop());

test('each client has what it was refused, and how often', async () => {
    for (const [qube, url] of [
        ['work', 'http://one.test/'],
        ['work', 'http://ONE.test:81/path?query'],
        ['work', 'https://two.test/'],
        ['banking', 'http://three.test/'],
        ['work', 'http://allowed.test/'],
    ] as const) {
        await fetchThrough(qube, url);
    }
    const work = await requestsOf('work');
    expect(work).toMatchObject({ recording: 'refused', since: null });
    expect(work?.entries).toMatchObject([
        { host: 'one.test', port: null, outcome: 'filter', count: 2 },
        { host: 'two.test', port: null, outcome: 'filter', count: 1 },
    ]);
    for (const { firstAgo, lastAgo } of work?.entries ?? []) {
        expect(firstAgo).toBeGreaterThanOrEqual(lastAgo);
        expect(firstAgo).toBeLessThan(30);
    }
    expect(await refusedTo('banking')).toEqual({ 'three.test': 1 });
});

test('an address that no proxy may connect to is told, with the port', async () => {
    await bed.dns('allowed.test', '192.168.1.1');
    for (const url of ['http://allowed.test/', 'https://allowed.test/']) {
        await fetchThrough('banking', url);
        await fetchThrough('banking', url);
    }
    await bed.dns('allowed.test', '93.184.1.1');
    const entries = (await requestsOf('banking'))?.entries ?? [];
    const refused = entries.filter(({ outcome }) => outcome === 'destination');
    expect(refused).toHaveLength(2);
    expect(refused).toEqual(
        expect.arrayContaining([
            expect.objectContaining({
                host: '192.168.1.1',
                port: 80,
                count: 2,
            }),
            expect.objectContaining({
                host: '192.168.1.1',
                port: 443,
                count: 2,
            }),
        ]),
    );
});

test('what a client makes up is no line of its own, and no host', async () => {
    const before = await requestsOf('work');
    const forged =
        'NOTICE    Nov 28 08:00:00.000 [1]: ' +
        'Proxying refused on filtered domain "forged.test"';
    const odd = [
        `GET / HTTP/1.1\r\nHost: a.b\r\n ${forged}\r\n\r\n`,
        `GET http://a.b\n${forged}/ HTTP/1.1\r\n\r\n`,
        'GET http://es\u001b[31mc.test/ HTTP/1.1\r\n\r\n',
        `GET http://${'a'.repeat(65_000)}.test/ HTTP/1.1\r\n\r\n`,
        'GET http://b\u00e2\u0080\u00ae.test/ HTTP/1.1\r\n\r\n',
    ];
    for (const request of odd) {
        await sendRaw('work', request);
    }
    const after = await requestsOf('work');
    const hosts = after?.entries.map(({ host }) => host);
    const known = before?.entries.map(({ host }) => host) ?? [];
    expect(hosts?.filter((host) => !known.includes(host))).toEqual(['a.b']);
    const more = (after?.unnamed ?? 0) - (before?.unnamed ?? 0);
    expect(more).toBeGreaterThanOrEqual(3);
    expect(more).toBeLessThanOrEqual(odd.length);
});

test('whoever is given the user id of another has nothing of it', async () => {
    const uids = () => inProxyvm('ls /run/qubes-filterproxy/proxies');
    await stop();
    await serve('work');
    const uid = await uids();
    await fetchThrough('work', 'http://mine.test/');
    await stop();
    await serve('banking');
    expect(await uids()).toBe(uid);
    await fetchThrough('banking', 'http://other.test/');
    expect(await refusedTo('banking')).toEqual({ 'other.test': 1 });
    expect(await requestsOf('work')).toBeUndefined();
    await serve('work', 'banking');
});

test('nor what nftables counted for it before', async () => {
    await stop();
    await serve('work');
    const table = 'inet qubes-filterproxy';
    // As if all user ids had been work's, the second one the longest ago.
    await inProxyvm(`node -e '
        const fs = require("fs");
        const path = "/run/qubes-filterproxy/tenures.json";
        const [one] = JSON.parse(fs.readFileSync(path));
        const others = [];
        for (let uid = 60706; uid <= 61183; uid += 1)
            if (uid !== one.uid) others.push({ ...one, uid });
        fs.writeFileSync(path, JSON.stringify([...others, one]));
        fs.writeFileSync("/run/reused", String(others[0].uid));
    '
    nft "add element ${table} refused4 { $(cat /run/reused) . 192.168.9.9 . 80 counter }"`);
    const told = (await requestsOf('work'))?.entries;
    expect(told).toMatchObject([{ host: '192.168.9.9', port: 80 }]);
    await serve('work', 'banking');
    await inProxyvm(
        'test -e /run/qubes-filterproxy/proxies/$(cat /run/reused)',
    );
    expect(
        await inProxyvm(`nft list set ${table} refused4; rm /run/reused`),
    ).not.toContain('192.168.9.9');
    expect((await requestsOf('banking'))?.entries).toEqual([]);
});

describe('while a client floods', () => {
    const many = 20_000;

    beforeAll(async () => {
        const flood = [
            'import socket',
            `for n in range(${many}):`,
            `    with socket.create_connection(("${sysFilter}", 8100)) as one:`,
            '        one.sendall(b"GET http://f%d.test/ HTTP/1.0\\r\\n\\r\\n" % n)',
            '        one.recv(100)',
        ];
        const flooding = bed.run(
            ['qube', 'work', 'python3', '-c', flood.join('\n')],
            { timeoutMs: 60_000 },
        );
        for (const number of [1, 2, 3]) {
            await fetchThrough('banking', `http://during${number}.test/`);
        }
        expect((await flooding).exitCode).toBe(0);
    }, 90_000);

    test('another has all that it was refused', async () => {
        expect(await refusedTo('banking')).toMatchObject({
            'during1.test': 1,
            'during2.test': 1,
            'during3.test': 1,
        });
    });

    test('it has what fits, and how many more there were', async () => {
        const work = await requestsOf('work');
        expect(work?.entries.length).toBeGreaterThan(100);
        expect(work?.entries.length).toBeLessThanOrEqual(2000);
        const named = work?.entries.reduce((sum, { count }) => sum + count, 0);
        // What journald keeps to itself it tells at the next line.
        expect((named ?? 0) + (work?.unnamed ?? 0)).toBeGreaterThan(1000);
    });
});

/** What is told of that host; before it, all that there was may still be. */
async function heardOf(host: string, next: () => Promise<RequestsAnswer>) {
    for (;;) {
        for (const { name, entries } of (await next()).requests?.clients ??
            []) {
            const entry = entries.find((each) => each.host === host);
            if (entry !== undefined) {
                return { name, entry };
            }
        }
    }
}

test('who follows hears of each, until he goes', async () => {
    const following = bed.spawn(call('follow'));
    following.stdin.write(question);
    const lines = createInterface({ input: following.stdout });
    const answers = lines[Symbol.asyncIterator]();
    const next = async (): Promise<RequestsAnswer> =>
        JSON.parse((await answers.next()).value ?? 'null');
    const first = await next();
    expect(first.requests?.clients.map(({ name }) => name)).toContain(
        'banking',
    );
    for (const host of ['a.test', 'b.test', 'c.test']) {
        await fetchThrough('banking', `http://${host}/`);
        expect(await heardOf(host, next)).toMatchObject({
            name: 'banking',
            entry: { count: 1, outcome: 'filter' },
        });
    }
    following.stdin.end();
    await following;
    await expect
        .poll(() => inProxyvm('pgrep -c journalctl'), { timeout: 5000 })
        .toBe('0\n');
});

test('no more than four follow at a time', async () => {
    const firstLine = async (one: ReturnType<typeof bed.spawn>) => {
        one.stdin.write(question);
        const lines = createInterface({ input: one.stdout });
        const { value } = await lines[Symbol.asyncIterator]().next();
        return JSON.parse(value).error;
    };
    const four = [1, 2, 3, 4].map(() => bed.spawn(call('follow')));
    for (const one of four) {
        expect(await firstLine(one)).toBeNull();
    }
    const fifth = await bed.run(call('follow'), { input: question });
    expect(JSON.parse(fifth.stdout)).toMatchObject({ error: { code: 'busy' } });
    four[1]?.stdin.end();
    await four[1];
    const next = bed.spawn(call('follow'));
    expect(await firstLine(next)).toBeNull();
    for (const one of [...four, next]) {
        one.stdin.end();
        await one;
    }
});

test('a question that is none is refused', async () => {
    for (const verb of ['requests', 'follow']) {
        const { stdout } = await bed.run(call(verb), { input: '{}\n' });
        expect(JSON.parse(stdout)).toMatchObject({
            error: { code: 'request' },
            requests: null,
        });
    }
});
