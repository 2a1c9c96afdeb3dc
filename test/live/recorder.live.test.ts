// All requests recorded: what is kept of them, what is not, and that a proxy
// waits for nobody who reads its log.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    logBytes,
    mostRecordedBytes,
    type RecordedRequests,
    recordedRequests,
} from '../../proxyvm/core/recorder/recorded.ts';
import { decode } from '../../shared/protocol/json.ts';
import { filterOfHosts } from '../filters.ts';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { fetchAll, fetchThrough, reaches } from './fetch.ts';
import { startHammer } from './hammer/start.ts';
import { sendMany } from './many-requests.ts';
import { inProxyvm } from './proxyvm.ts';
import { connect, get } from './request-text.ts';
import { until } from './until.ts';
import { startUpstream, upstreamAddress } from './upstreams.ts';

const unit = 'qubes-filterproxy-recorder.service';
const run = '/run/qubes-filterproxy';
const secret = 'no-more-than-a-host';

let work: Awaited<ReturnType<typeof clientOf>>;
let banking: typeof work;

function withRecord(client: typeof work, host: string, record = 'all') {
    const filter = { ...filterOfHosts([host]), record };
    return { ...client, filter };
}

async function recordAll(): Promise<void> {
    await apply([
        withRecord(work, 'allowed.test'),
        withRecord(banking, 'bank.test'),
    ]);
}

/** What is kept of a client; as the agent would read it. */
async function recorded(client = work): Promise<RecordedRequests> {
    const bytes = await inProxyvm(`cat ${run}/recorded/${client.uuid}.json`);
    const decoded = decode(
        recordedRequests,
        Buffer.from(bytes),
        mostRecordedBytes,
    );
    if (!decoded.ok) {
        throw new Error(decoded.error);
    }
    return decoded.value;
}

/** How often requests to this host had this outcome. */
async function counted(host: string, outcome: string): Promise<number> {
    const { entries } = await recorded();
    return entries
        .filter((each) => each.host === host && each.outcome === outcome)
        .reduce((sum, { count }) => sum + count, 0);
}

async function signal(name: string): Promise<void> {
    await inProxyvm(`systemctl kill --signal=${name} ${unit}`);
}

async function isRunning(): Promise<boolean> {
    const said = await inProxyvm(`systemctl is-active ${unit}`);
    return said === 'active\n';
}

/** Requests of 800 bytes each for a host that is refused; how many. */
async function flood(qube: string, count: number): Promise<number> {
    const program = `
import concurrent.futures, socket, sys
proxy, count = sys.argv[1], int(sys.argv[2])
request = b"GET http://flood.test/" + b"x" * 750 + b" HTTP/1.1\\r\\n\\r\\n"
def ask(_):
    with socket.create_connection((proxy, 8100), 5) as one:
        one.sendall(request)
        return one.recv(99).startswith(b"HTTP/1.1 403")
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(ask, range(count))))`;
    const { stdout } = await bed.run(
        ['qube', qube, 'python3', '-', sysFilter, `${count}`],
        { input: program, timeoutMs: 60_000 },
    );
    return Number(stdout);
}

beforeAll(async () => {
    await bed.up();
    await stop();
    await until(async () => !(await isRunning()), 10);
    await inProxyvm(`rm -rf ${run}/recorded/*`);
    work = await clientOf('work', { hosts: [] });
    banking = await clientOf('banking', { hosts: [] });
    await recordAll();
});

afterAll(async () => {
    await stop();
});

describe('a client all requests of which are recorded', () => {
    test('has the hosts and ports that it asked for, each with its outcome', async () => {
        const begin = performance.now();
        for (const url of [
            `http://allowed.test/${secret}?${secret}`,
            'https://allowed.test/',
            `http://blocked.test/${secret}`,
            'https://blocked.test/',
            'https://allowed.test:8443/',
            'http://[2606:4700::1111]/',
        ]) {
            await fetchThrough('work', url);
        }
        await until(async () => (await recorded()).entries.length >= 6, 5);
        console.info(
            `all is recorded ${Math.round(performance.now() - begin)} ms ` +
                'after the first of six requests began',
        );
        const { entries, unnamed, isIncomplete } = await recorded();
        const said = entries.map(
            ({ host, port, outcome, count }) =>
                `${count} ${outcome} ${host} ${port}`,
        );
        expect(said).toEqual([
            '1 allowed allowed.test 80',
            '1 allowed allowed.test 443',
            '1 filter blocked.test 80',
            '1 filter blocked.test 443',
            '1 port allowed.test 8443',
            '1 filter 2606:4700::1111 80',
        ]);
        expect({ unnamed, isIncomplete }).toEqual({
            unnamed: 0,
            isIncomplete: false,
        });
    });

    test('has nothing more of them anywhere, a moment later', async () => {
        await sleep(500);
        const found = await inProxyvm(
            `grep -rl ${secret} ${run}; journalctl --sync;` +
                ` journalctl --no-pager | grep -c ${secret}`,
        );
        expect(found).toBe('0\n');
    });

    test('can write nothing but hosts, and counts, whatever it sends', async () => {
        const before = await recorded();
        const line = 'NOTICE    Nov 23 03:19:39.925 [1]: ';
        const forged = `${line}Proxying refused on filtered domain "forged.test"`;
        const answered = await sendMany('work', [
            get('/', 'Host: header.test'),
            get('/', `Host: odd.test\n ${forged}`),
            get('/', `Host: odd.test\r${forged}`),
            get(`http://odd.test\r${forged}\r/`),
            get('http://\x1b[2J\x1b]0;odd\x07.test/'),
            get('http://\xe2\x80\xaeodd.test/'),
            get(`http://${'a'.repeat(64 * 1024)}.test/`),
            connect(`${'a'.repeat(300)}.test:22`),
        ]);
        // The one with blanks is no request at all.
        expect(answered.map(({ status }) => status)).toEqual([
            ...[403, 403, 403, 400, 403, 403, 403, 403],
        ]);
        await until(async () => {
            const { unnamed } = await recorded();
            return unnamed >= before.unnamed + 6;
        }, 5);
        const after = await recorded();
        const known = new Set(before.entries.map(({ host }) => host));
        const added = after.entries.filter(({ host }) => !known.has(host));
        expect(added).toMatchObject([
            { host: 'header.test', port: null, outcome: 'filter', count: 1 },
        ]);
        expect(after.unnamed).toBe(before.unnamed + 6);
    });

    test('is recorded apart from others, who cannot read it', async () => {
        expect(await reaches('banking', 'http://bank.test/')).toBe(true);
        await until(async () => {
            const { entries } = await recorded(banking);
            return entries.some(({ host }) => host === 'bank.test');
        }, 5);
        expect(await counted('bank.test', 'allowed')).toBe(0);
        const files = `${run}/logs/60706.log ${run}/recorded/${work.uuid}.json`;
        const read = (uid: number) =>
            inProxyvm(
                `setpriv --reuid ${uid} --regid ${uid} --clear-groups` +
                    ` cat ${files} 2>&1 | grep -c 'Permission denied'`,
            );
        expect(await read(60_707)).toBe('2\n');
        expect(await read(65_520)).toBe('0\n');
    });

    test('has its requests counted once, also when the recorder is killed', async () => {
        const { since } = await recorded();
        const before = await counted('killed.test', 'filter');
        const urls = Array.from({ length: 50 }, () => 'http://killed.test/');
        for (let round = 0; round < 3; round += 1) {
            const asked = fetchAll('work', urls);
            await sleep(100);
            await signal('SIGKILL');
            expect((await asked).every(({ status }) => status === 403)).toBe(
                true,
            );
        }
        await until(
            async () => (await counted('killed.test', 'filter')) >= 150,
            5,
        );
        expect(await counted('killed.test', 'filter')).toBe(before + 150);
        expect((await recorded()).since).toBe(since);
    });

    test('loses no connection when that begins or ends', async () => {
        const hammer = await startHammer('work', {
            always: 'allowed.test',
            never: 'blocked.test',
            changing: [],
        });
        await hammer.tunnel('allowed.test');
        const steps: string[] = [];
        for (const record of ['refused', 'all', 'refused']) {
            const { report } = await apply([
                withRecord(work, 'allowed.test', record),
                withRecord(banking, 'bank.test'),
            ]);
            steps.push(...(report?.steps ?? []));
            await sleep(300);
        }
        const { requests, tunnels } = await hammer.stop();
        expect(steps.join()).not.toContain('end the proxy');
        expect(
            tunnels.map(({ ended, lastAnswer }) => [ended, lastAnswer]),
        ).toEqual([[null, 200]]);
        const wrong = requests.filter(
            ({ host, status }) =>
                status !== (host === 'allowed.test' ? 200 : 403),
        );
        expect(wrong).toEqual([]);
        expect(requests.length).toBeGreaterThan(100);
        const before = await recorded();
        expect(before.entries.length).toBeGreaterThanOrEqual(6);
    });
});

describe.each(['socks5', 'tinyproxy'] as const)(
    'with %s as the upstream',
    (which) => {
        test('what goes there has its host, too', async () => {
            const upstream = await startUpstream(which);
            const { kind, port } = upstream;
            const via = { kind, address: upstreamAddress, port, domain: null };
            const filter = {
                ...filterOfHosts(['allowed.test', `${which}.test`]),
                record: 'all',
                upstreams: [via],
                httpPorts: kind === 'http' ? [] : [80],
            };
            await apply([
                { ...work, filter },
                withRecord(banking, 'bank.test'),
            ]);
            const hosts = [`${which}.test`, 'allowed.test', `no-${which}.test`];
            await Promise.all(
                hosts.flatMap((host) => [
                    fetchThrough('work', `https://${host}/`),
                    fetchThrough('work', `https://${host}/`),
                ]),
            );
            await upstream.end();
            await fetchThrough('work', `https://${which}.test/`);
            const [own = '', , other = ''] = hosts;
            await until(async () => (await counted(own, 'allowed')) === 3, 5);
            expect(await counted(other, 'filter')).toBe(2);
            expect(await counted(own, 'filter')).toBe(0);
            expect(await counted(other, 'allowed')).toBe(0);
            expect(await counted(upstreamAddress, 'allowed')).toBe(0);
        });
    },
);

describe('a recorder that does not read', () => {
    beforeAll(recordAll);

    test('keeps no request waiting, its log is bounded, and it says so', async () => {
        await signal('SIGSTOP');
        const answered = await flood('work', 12_000);
        const sizes = await inProxyvm(`stat -c %s ${run}/logs/*.log`);
        const largest = Math.max(...sizes.trim().split('\n').map(Number));
        expect(await reaches('work', 'http://allowed.test/')).toBe(true);
        expect(await reaches('banking', 'http://bank.test/')).toBe(true);
        const restarts = await inProxyvm(
            "systemctl show -P NRestarts 'qubes-filterproxy@*.service'",
        );
        await signal('SIGCONT');
        await until(async () => (await recorded()).isIncomplete, 10);
        expect(answered).toBe(12_000);
        expect(largest).toBe(logBytes);
        expect(restarts).not.toMatch(/[1-9]/);
        // What it says instead of the log, it says to nobody.
        const said = await inProxyvm(
            'journalctl --sync; journalctl --no-pager | grep -c flood.test',
        );
        expect(said).toBe('0\n');
        expect((await recorded(banking)).isIncomplete).toBe(false);
    });
});

describe('a flood while all is recorded', () => {
    test('leaves its memory bounded, and hides nothing of another', async () => {
        await apply([
            withRecord(work, 'allowed.test', 'refused'),
            withRecord(banking, 'bank.test'),
        ]);
        await recordAll();
        const flooding = flood('work', 8000);
        const urls = Array.from({ length: 40 }, (_, n) => `http://b${n}.test/`);
        await fetchAll('banking', urls);
        expect(await flooding).toBe(8000);
        await until(async () => {
            const { entries } = await recorded(banking);
            return urls.every((url) =>
                entries.some(({ host }) => url === `http://${host}/`),
            );
        }, 5);
        const pid = await inProxyvm(`systemctl show -P MainPID ${unit}`);
        const memory = await inProxyvm(`ps -o rss= -p ${pid.trim()}`);
        console.info(
            `the recorder has ${Math.round(Number(memory) / 1024)} MiB`,
        );
        expect(Number(memory)).toBeLessThan(160 * 1024);
    });
});

describe('the recorder', () => {
    test('is exposed no more than 2.0', async () => {
        const said = await inProxyvm(
            `systemd-analyze security --no-pager ${unit}`,
        );
        const exposure = /Overall exposure level.*: ([0-9.]+)/.exec(said)?.[1];
        expect(Number(exposure)).toBeLessThanOrEqual(2.0);
    });

    test('ends with the last proxy of that kind, without dom0, and leaves what it kept', async () => {
        const { filter } = withRecord(work, 'allowed.test', 'refused');
        const deadlines = [{ seconds: 2, filter }];
        await apply([{ ...withRecord(work, 'allowed.test'), deadlines }]);
        await until(isRunning, 2);
        await until(async () => !(await isRunning()), 15);
        expect(await reaches('work', 'http://allowed.test/')).toBe(true);
        expect((await recorded()).entries.length).toBeGreaterThanOrEqual(6);
        expect(await inProxyvm(`ls ${run}/logs`)).toBe('');
    });
});
