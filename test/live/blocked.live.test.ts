// What a qube was refused by its proxy, as its user sees it in dom0.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { Random } from '../pattern/random.ts';
import { bed } from './bed.ts';
import { fetchThrough } from './fetch.ts';
import { filterproxy, forgetAll } from './filterproxy.ts';
import { inProxyvm } from './proxyvm.ts';
import { until } from './until.ts';

beforeAll(async () => {
    await bed.up();
}, 600_000);
beforeEach(forgetAll);

/** A step that a test stands on. */
async function must(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await filterproxy(...args);
    expect([args, stderr, exitCode]).toEqual([args, '', 0]);
    return stdout;
}

interface Told {
    readonly host: string;
    readonly port: number | null;
    readonly reason: string;
    readonly count: number;
    readonly allowedNow: boolean;
    readonly check: string;
}

/** What was refused since a test began. */
async function toldOf(qube: string): Promise<Told[]> {
    await inProxyvm('journalctl --sync');
    return JSON.parse(await must('blocked', qube, '--json')).qubes[0].hosts;
}

/** Names that no other test has used. */
let used = 0;
function fresh(): string {
    used += 1;
    return `b${used}x${Date.now().toString(36)}.test`;
}

test('refused hosts are told by qube, and allowed in one step', async () => {
    const [one, two, three, allowed] = [fresh(), fresh(), fresh(), fresh()];
    await bed.dns(allowed, '93.184.1.1');
    await must('allow', 'work', allowed);
    await must('allow', 'banking', allowed);
    await fetchThrough('work', `http://${one}/`);
    await fetchThrough('work', `https://${two.toUpperCase()}/`);
    await fetchThrough('work', `http://${one}/path`);
    await fetchThrough('work', `http://${allowed}/`);
    await fetchThrough('banking', `https://${three}/`);
    const work = await toldOf('work');
    const all = [one, two, three];
    const ours = work.filter(({ host }) => all.includes(host));
    // Times are told to the second.
    ours.sort((a, b) => all.indexOf(a.host) - all.indexOf(b.host));
    expect(ours).toMatchObject([
        { host: one, reason: 'filter', count: 2, allowedNow: false },
        { host: two, reason: 'filter', count: 1, allowedNow: false },
    ]);
    expect(work.map(({ host }) => host)).not.toContain(allowed);
    await must('allow', 'work', one);
    const after = (await toldOf('work')).filter(({ allowedNow }) => allowedNow);
    expect(after.map(({ host }) => host)).toEqual([one]);
    const text = await must('blocked', 'work', '--since', '1m');
    expect(text).toMatch(new RegExp(` ${one}  allowed now\n`));
});

test('what is told, what check says and what the proxy does agree', async () => {
    const random = new Random(20261128);
    const domains = Array.from({ length: 3 }, fresh);
    const subdomains = ['', 'a.', 'b.a.'];
    const hosts = domains.flatMap((domain) =>
        subdomains.map((start) => start + domain),
    );
    const [whole, below, exact] = domains;
    await must('allow', 'work', `.${whole}`, `*.${below}`, `a.${exact}`);
    for (const host of hosts) {
        const scheme = random.oneOf(['http', 'https']);
        await fetchThrough('work', `${scheme}://${host}/`);
    }
    const told = await toldOf('work');
    const refused = told.map(({ host }) => host);
    const { stdout } = await filterproxy('check', 'work', '--json', ...hosts);
    const checked: { host: string; allowed: boolean }[] =
        JSON.parse(stdout).hosts;
    expect(checked).toHaveLength(hosts.length);
    for (const { host, allowed } of checked) {
        expect([host, refused.includes(host)]).toEqual([host, !allowed]);
    }
    expect(told.filter(({ allowedNow }) => allowedNow)).toEqual([]);
});

test('a private address is told with what would open it', async () => {
    const host = fresh();
    await must('allow', 'work', host);
    await bed.dns(host, '192.168.77.1');
    await fetchThrough('work', `http://${host}/`);
    const told = await toldOf('work');
    expect(told).toEqual(
        expect.arrayContaining([
            expect.objectContaining({
                host: '192.168.77.1',
                port: 80,
                reason: 'destination',
            }),
        ]),
    );
    expect(await must('blocked', 'work')).toContain('!lan in: ');
});

test('--follow prints a refusal at once, and ends cleanly on ^C', async () => {
    const host = fresh();
    await must('allow', 'work', 'allowed.test');
    const script =
        'echo $$ >/run/follow.pid; exec qvm-filterproxy blocked work --follow';
    const following = bed.spawn(['dom0', 'sh', '-c', script]);
    let printed = '';
    following.stdout.on('data', (chunk) => {
        printed += chunk;
    });
    await until(
        async () =>
            (await inProxyvm('pgrep -f "^journalctl .*--follow"')) !== '',
        10,
    );
    const asked = fetchThrough('work', `http://${host}/`);
    const began = performance.now();
    await until(async () => printed.includes(host), 5);
    const took = Math.round(performance.now() - began);
    console.log(`${took} ms from the request to its line`);
    await asked;
    await bed.dom0('sh', '-c', 'kill -INT "$(cat /run/follow.pid)"');
    const { exitCode } = await following;
    expect(exitCode).toBe(0);
    expect(printed).toMatch(new RegExp(`  work  ${host}\n`));
    // Nobody goes on in the ProxyVM.
    await until(
        async () =>
            (await inProxyvm('pgrep -f "^journalctl .*--follow"')) === '',
        5,
    );
});
