// What settings change, on the command line.
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

const rules =
    '(^|\\.)a\\.test$\n^192\\.168\\.1\\.7$\n^10\\.137\\.0\\.9$\n^10\\.9\\.9\\.9$\n';

async function dom0With(own: string, proxyvm = '') {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': filter.agent },
        rules: { work: `${rules}${own}` },
        files: { 'proxies/sys-filter.conf': proxyvm },
    });
    return { dom0, filter };
}

describe('check', () => {
    test.each<[string, string, string]>([
        [
            '!connect-port 443 8443',
            'https://a.test:8443/',
            'is allowed by rule 1',
        ],
        [
            '!connect-port 8443',
            'https://a.test/',
            'is refused: only port 8443 is',
        ],
        ['!connect-port 8443', 'http://a.test:8443/', 'is allowed by rule 1'],
        [
            '!http-port none',
            'http://a.test/',
            'is refused: plain HTTP is closed',
        ],
        ['!http-port none', 'http://a.test:443/', 'is refused: plain HTTP'],
        ['!http-port none', 'a.test:80', 'is refused: only port 443 is'],
        ['!lan 192.168.1.0/24', 'http://192.168.1.7/', 'is allowed by rule 2'],
        ['!lan 192.168.1.0/24 22', 'http://192.168.1.7:22/', 'is allowed by'],
        ['!lan 192.168.1.0/24 22', 'http://192.168.1.7/', 'only port 22 is'],
        [
            '!lan 192.168.1.0/24 22',
            'https://a.test:22/',
            'is allowed by rule 1',
        ],
        [
            '!lan 10.0.0.0/8',
            'https://10.137.0.9/',
            'is refused: the proxy does',
        ],
        ['!lan 10.0.0.0/8', 'https://10.9.9.9/', 'is allowed by rule 4'],
        [
            '!upstream socks5 10.0.0.1:1080',
            'https://a.test/',
            'is allowed, through the SOCKS5 proxy 10.0.0.1:1080, by rule 1',
        ],
        [
            '!upstream socks5 10.0.0.1:1080',
            'https://a.test:22/',
            'is refused: only port 443 is',
        ],
        [
            '!upstream socks5 10.0.0.1:1080',
            'http://a.test:22/',
            'is allowed, through the SOCKS5 proxy',
        ],
        [
            '!upstream http 10.0.0.1:3128\n!upstream none .a.test',
            'https://b.a.test/',
            'is allowed by rule 1',
        ],
        [
            '!upstream http 10.0.0.1:3128',
            'http://a.test/',
            'is refused: plain HTTP is closed',
        ],
    ])('knows %s: %s', async (own, url, said) => {
        const { dom0 } = await dom0With(own);
        expect((await dom0.cli('check', 'work', url)).out).toContain(said);
    });

    const named = '!lan 10.0.0.0/8 22 8080\n!lan 172.16.0.0/12 22 8443\n';
    const inside = (port: number) =>
        `    but port ${port} only where the name leads to an address of a !lan with that port\n`;
    const outside = (port: number) =>
        `    but not where the name leads to an address of a !lan without port ${port}\n`;

    test.each([
        [named, 'https://a.test:22/', inside(22), 'private'],
        [named, 'a.test:8080', inside(8080), 'private'],
        [named, 'a.test:8443', outside(8443), 'public'],
        [named, 'a.test', '', 'any'],
        [named, 'https://10.9.9.9:22/', '', 'any'],
        ['!lan 10.0.0.0/8\n', 'a.test:8443', '', 'any'],
        ['!lan none\n', 'a.test:8443', '', 'any'],
        ['', 'a.test:8443', '', 'any'],
    ])(
        'with %j of %s says at which addresses its port is open',
        async (own, typed, note, openAt) => {
            const { dom0 } = await dom0With(
                `${own}!connect-port 443 8443\n!http-port none\n`,
            );
            const { out, exitCode } = await dom0.cli('check', 'work', typed);
            expect(out).toMatch(/ is allowed by rule/);
            const notes = out.match(/^ +but .*\n/gm) ?? [];
            expect(notes.join('')).toBe(note);
            expect(exitCode).toBe(0);
            const json = await dom0.cli('check', 'work', typed, '--json');
            expect(JSON.parse(json.out).hosts[0].openAt).toBe(openAt);
        },
    );

    test('knows those of the ProxyVM', async () => {
        const { dom0 } = await dom0With('', '!connect-port 8443');
        const { out } = await dom0.cli('check', 'work', 'https://a.test/');
        expect(out).toContain('only port 8443 is');
    });

    test('says with --json through what a host is reached', async () => {
        const { dom0 } = await dom0With('!upstream http 10.0.0.1:3128');
        const { out } = await dom0.cli('check', 'work', 'a.test', '--json');
        expect(JSON.parse(out)).toMatchObject({
            hosts: [
                { upstream: { kind: 'http', address: '10.0.0.1', port: 3128 } },
            ],
        });
    });
});

const several =
    '!upstream http 10.0.0.1:3128\n!upstream none .b.test\n' +
    '!lan 192.168.1.0/24 22\n!connect-port 443 8443\n!log-level warning\n' +
    '!timeout 60\n!max-clients 9\n';

test('show names what is not as usual', async () => {
    const { dom0 } = await dom0With('', several);
    await dom0.cli('update');
    const { out } = await dom0.cli('show');
    expect(out).toContain(`
        through the HTTP proxy 10.0.0.1:3128: all hosts that no other is for
        without proxy: .b.test
        https to ports 443, 8443
        no plain HTTP
        private addresses 192.168.1.0/24, port 22
        refused hosts are not logged
`);
});

test('show --json has all settings', async () => {
    const { dom0 } = await dom0With('', several);
    const { out } = await dom0.cli('show', '--json');
    expect(JSON.parse(out).proxyvms[0].clients[0].settings).toEqual({
        connectPorts: [443, 8443],
        httpPorts: [],
        upstreams: [
            {
                domain: null,
                upstream: { kind: 'http', address: '10.0.0.1', port: 3128 },
            },
            { domain: '.b.test', upstream: null },
        ],
        privateNetworks: [{ network: '192.168.1.0/24', ports: [22] }],
        timeoutSeconds: 60,
        maxClients: 9,
        logRefused: false,
        countsUsage: false,
    });
});

test('the ProxyVM is told all of them', async () => {
    const { dom0, filter } = await dom0With('', several);
    await dom0.cli('update');
    expect(filter.applied.at(-1)?.clients[0]?.filter).toMatchObject({
        connectPorts: [443, 8443],
        httpPorts: [],
        timeoutSeconds: 60,
        maxClients: 9,
        record: 'nothing',
    });
});

test('where uses are counted all requests are recorded, and show says so', async () => {
    const { dom0, filter } = await dom0With(
        '!usage on\n',
        '!log-level warning\n',
    );
    await dom0.cli('update');
    const [client] = filter.applied.at(-1)?.clients ?? [];
    expect(client?.filter).toMatchObject({ record: 'all' });
    const { out } = await dom0.cli('show');
    expect(out).toContain('        the use of rules is counted\n');
    expect(out).not.toContain('refused hosts are not logged');
});

test('a contradiction holds what was in force, and is told with both places', async () => {
    const { dom0, filter } = await dom0With(
        '!http-port 80',
        '!upstream http 10.0.0.1:3128',
    );
    const { err, exitCode } = await dom0.cli('update');
    expect(exitCode).toBe(1);
    expect(err).toContain(
        'work.rules:5: with the upstream http of proxies/sys-filter.conf:1',
    );
    expect(filter.applied.at(-1)?.clients[0]?.filter).toBeNull();
});

test.each(['!http-port none', '!upstream http 10.0.0.1:3128'])(
    'a block list cannot do without plain HTTP: %s',
    async (line) => {
        const dom0 = await fakeDom0({
            rules: { work: `!default allow\n^ads\\.test$\n${line}\n` },
        });
        const { err } = await dom0.cli('check', 'work', 'a.test');
        expect(err).toContain(
            'work.rules:3: this closes plain HTTP, which is not possible with a block list',
        );
    },
);

test('a setting in a file of a tag or a set is refused there', async () => {
    const dom0 = await fakeDom0({
        rules: { work: '!include dev\n' },
        files: { 'sets/dev.rules': '^a\\.test$\n!timeout 5\n' },
    });
    const { err } = await dom0.cli('check', 'work', 'a.test');
    expect(err).toContain(
        'sets/dev.rules:2: !timeout has no place here; it may stand in files in qubes/, proxies/',
    );
});
