// What depends on tinyproxy itself, on every one that is given: see
// tinyproxies.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTinyproxyVersion } from '../../proxyvm/core/tinyproxy-version.ts';
import type { Answer } from '../../shared/protocol/answer.ts';
import { apply, clientOf, gateway, gateway6 } from './agent.ts';
import { bed } from './bed.ts';
import { fetchThrough, reaches } from './fetch.ts';
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
import { titled } from './request-text.ts';
import {
    digestInProxyvm,
    digestOf,
    restoreTinyproxy,
    tinyproxies,
    tinyproxyVersion,
    useTinyproxy,
} from './tinyproxies.ts';
import { until } from './until.ts';

const unit = 'qubes-filterproxy@60706.service';
const addresses = {
    'allowed.test': '93.184.1.1',
    'blocked.test': '93.184.2.2',
};
const [http, https] = [80, 443].map(
    (port) => `${addresses['allowed.test']}:${port}`,
);

const ran: string[] = [];

async function allow(...hosts: string[]): Promise<Answer> {
    return apply([await clientOf('work', { hosts })]);
}

beforeAll(async () => {
    await bed.up();
    for (const [name, address] of Object.entries(addresses)) {
        await bed.dns(name, address);
    }
});

afterAll(async () => {
    await restoreTinyproxy();
});

describe.each(tinyproxies)('%s', (which) => {
    let said = '';

    beforeAll(async () => {
        await useTinyproxy(which);
        said = await tinyproxyVersion();
        console.info(`runs on ${said}: ${which}`);
        await allow('allowed.test');
    });

    function version() {
        const parsed = parseTinyproxyVersion(said);
        if (!parsed.ok) {
            throw new Error(parsed.error);
        }
        return parsed.value;
    }

    test('is what runs, and what the agent reports', async () => {
        const pid = await inProxyvm(`systemctl show -P MainPID ${unit}`);
        expect(await digestInProxyvm(`/proc/${pid.trim()}/exe`)).toBe(
            await digestOf(which),
        );
        const { report } = await allow('allowed.test');
        expect(report).toMatchObject({
            tinyproxy: version().text,
            steps: [],
            clients: [{ state: 'served', port: 8101 }],
        });
        ran.push(which);
    });

    test('starts without a warning', async () => {
        const journal = () =>
            inProxyvm(
                'journalctl --sync; journalctl --no-pager --output=cat' +
                    ` _PID=$(systemctl show -P MainPID ${unit})`,
            );
        const isStarted = async () =>
            (await journal()).includes('Initializing tinyproxy');
        await until(isStarted, 10);
        expect(await journal()).not.toMatch(
            /warn|error|obsolete|deprecated|fail/i,
        );
    });

    test.each(['http', 'https'])(
        'serves the allowed host over %s and refuses another',
        async (scheme) => {
            expect(await reaches('work', `${scheme}://allowed.test/`)).toBe(
                true,
            );
            const other = await fetchThrough('work', `${scheme}://other.test/`);
            expect(other.connectStatus || other.status).toBe(403);
        },
    );

    test('serves a client over IPv4 and IPv6 in turn', async () => {
        for (let turn = 0; turn < 6; turn += 1) {
            for (const proxy of [gateway, gateway6]) {
                const scheme = turn % 2 === 0 ? 'http' : 'https';
                const url = `${scheme}://allowed.test/`;
                const { status } = await fetchThrough('work', url, proxy);
                expect(status).toBe(200);
                const other = `${scheme}://other.test/`;
                const answer = await fetchThrough('work', other, proxy);
                expect(answer.connectStatus || answer.status).toBe(403);
            }
        }
    });

    test.each(titled([...oddHosts, ...noNames]))(
        'refuses by its filter %s',
        async (_, request) => {
            const answer = await sendRaw('work', request);
            expect(answer).toEqual({
                status: 403,
                reason: 'Filtered',
                arrivedAt: [],
            });
        },
    );

    test.each(titled(refusedPort))(
        'tunnels to no other port for %s',
        async (_, request) => {
            expect(await sendRaw('work', request)).toEqual({
                status: 403,
                reason: 'Access violation',
                arrivedAt: [],
            });
        },
    );

    test.each(titled(unreachable))(
        'connects nowhere for %s',
        async (_, request) => {
            const answer = await sendRaw('work', request);
            expect(answer).toMatchObject({ status: 500, arrivedAt: [] });
        },
    );

    test.each(titled(served))(
        'serves the allowed host for %s',
        async (_, request) => {
            const answer = await sendRaw('work', request);
            expect(answer).toMatchObject({ status: 200, arrivedAt: [http] });
        },
    );

    test.each(titled(tunnelled))(
        'tunnels to the allowed host for %s',
        async (_, request) => {
            const answer = await sendRaw('work', request);
            expect(answer).toMatchObject({ status: 200, arrivedAt: [https] });
        },
    );

    test.each(titled(sentOn))(
        'sends to the allowed host %s',
        async (_, request) => {
            const { arrivedAt } = await sendRaw('work', request);
            expect(arrivedAt).toEqual([http]);
        },
    );

    test.each(titled(contained))(
        'sends nowhere else %s',
        async (_, request) => {
            const { arrivedAt } = await sendRaw('work', request);
            expect([http, https]).toEqual(
                expect.arrayContaining([...arrivedAt]),
            );
        },
    );

    test('takes a port of 17 bits for one that is closed, or for none', async () => {
        const wraps =
            version().text.localeCompare('1.11.3', 'en', { numeric: true }) < 0;
        expect(await sendRaw('work', wrappedPort.get)).toMatchObject(
            wraps
                ? { status: 500, arrivedAt: [] }
                : { status: 200, arrivedAt: [http] },
        );
        expect(await sendRaw('work', wrappedPort.connect)).toMatchObject(
            wraps
                ? { status: 403, arrivedAt: [] }
                : { status: 200, arrivedAt: [https] },
        );
    });

    test('hands over to a new proxy without losing a request', async () => {
        const script =
            'n=0; for i in $(seq 60); do curl --silent --fail --max-time 5' +
            ' --output /dev/null --proxy http://$0 http://allowed.test/ &&' +
            ' n=$((n + 1)); done; echo $n';
        const asking = bed.qube('work', 'sh', '-c', script, gateway);
        for (const host of ['b.test', 'c.test', 'd.test']) {
            const { report } = await allow('allowed.test', host);
            expect(report?.steps.join()).toMatch(/start the proxy/);
        }
        expect((await asking).stdout).toBe('60\n');
        await allow('d.test');
        const fetched = await fetchThrough('work', 'http://allowed.test/');
        expect(fetched.status).toBe(403);
        expect(await inProxyvm('pgrep -c -x tinyproxy')).toBe('1\n');
    });
});

test('every tinyproxy that was given was run', () => {
    expect(ran).toEqual(tinyproxies);
});
