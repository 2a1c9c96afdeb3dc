// A client that uses up all it can get: of its own proxy, at most.
import { setTimeout as sleep } from 'node:timers/promises';
import {
    afterAll,
    beforeAll,
    beforeEach,
    describe,
    expect,
    test,
} from 'vitest';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { attack, journal, memoryUntil, milliseconds } from './exhaust.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';
import { until } from './until.ts';

const workUnit = 'qubes-filterproxy@60706.service';
const bankingUnit = 'qubes-filterproxy@60707.service';
const mebibyte = 1024;

/** Documents of dom0, made before the machine has much to do. */
let few: Awaited<ReturnType<typeof clientOf>>[];
let more: typeof few;

/** How `banking` is served meanwhile: seconds of each of its requests. */
async function requestsUntil(end: Promise<unknown>): Promise<number[]> {
    let isOver = false;
    void end.finally(() => {
        isOver = true;
    });
    const seconds: number[] = [];
    while (!isOver) {
        const fetched = await fetchThrough('banking', 'http://bank.test/');
        expect(fetched.status).toBe(200);
        seconds.push(fetched.seconds);
        const refused = await fetchThrough('banking', 'http://allowed.test/');
        expect(refused.status).toBe(403);
        seconds.push(refused.seconds);
    }
    return seconds;
}

/** Connections to the proxy that `work` has first. */
async function connections(): Promise<number> {
    return Number(await inProxyvm("ss -Htn 'sport = :8101' | wc -l"));
}

beforeAll(async () => {
    await bed.up();
    few = [
        await clientOf('work', { hosts: ['allowed.test'] }),
        await clientOf('banking', { hosts: ['bank.test'] }),
    ];
    more = [
        await clientOf('work', { hosts: ['allowed.test', 'added.test'] }),
        await clientOf('banking', { hosts: ['bank.test', 'added.test'] }),
    ];
});

/** journald remembers which units said too much. */
async function begin(): Promise<void> {
    await stop();
    await inProxyvm('systemctl restart systemd-journald');
}

beforeEach(async () => {
    await begin();
    await apply(few);
});

afterAll(async () => {
    await begin();
});

describe.each([
    ['opens all the connections it can and holds them', 'hold', 6, 512],
    ['sends 500 MB of headers', 'headers', 6, 1],
    ['sends one byte a second on 600 connections', 'trickle', 6, 512],
    ['floods its proxy with what is refused', 'flood', 10, 1],
])('a client that %s', (_, task, seconds, connected) => {
    test('leaves others their answers, the ProxyVM its memory, and dom0 its say', async () => {
        const before = await requestsUntil(sleep(1000));
        const journalBefore = await journal(workUnit);

        const attacking = attack(task, seconds);
        await until(async () => (await connections()) >= connected, 10);
        const [during, memory, changed] = await Promise.all([
            requestsUntil(attacking),
            memoryUntil(attacking),
            change(),
        ]);
        const { stdout, exitCode } = await attacking;
        const after = await journal(workUnit);
        const journalGrowth = after.size - journalBefore.size;
        console.info(
            `${task} (${stdout.trim()}): another client before: ` +
                `${milliseconds(before)}; during: ${milliseconds(during)}; ` +
                `largest proxy ${Math.round(memory / mebibyte)} MiB; rules ` +
                `changed in ${Math.round(changed)} ms; journal ` +
                `+${journalGrowth} KiB, ` +
                `${after.lines - journalBefore.lines} lines`,
        );
        expect(exitCode).toBe(0);
        expect(Number(stdout)).toBeGreaterThan(connected);
        expect(during.length).toBeGreaterThan(10);
        expect(Math.max(...during)).toBeLessThan(2);
        expect(memory).toBeLessThan(400 * mebibyte);
        expect(changed).toBeLessThan(10_000);
        // It grows by eight megabytes at a time.
        expect(journalGrowth).toBeLessThanOrEqual(16 * mebibyte);
        expect(after.lines - journalBefore.lines).toBeLessThan(12_000);
    });

    /** Milliseconds until new rules of both are in force. */
    async function change(): Promise<number> {
        await sleep(1000);
        const begin = performance.now();
        await apply(more);
        const end = performance.now();
        for (const qube of ['work', 'banking']) {
            expect(await reaches(qube, 'http://added.test/')).toBe(true);
        }
        return end - begin;
    }
});

describe('a client with a proxy full of honest downloads', () => {
    test('gets them all', async () => {
        await begin();
        await apply(
            few.map((each) => ({
                ...each,
                filter: { ...each.filter, maxClients: 1024 },
            })),
        );
        const filling = attack('fill', 5);
        const memory = await memoryUntil(filling);
        console.info(`fill: largest ${Math.round(memory / mebibyte)} MiB`);
        expect(await filling).toMatchObject({ stdout: '1000\n', stderr: '' });
        expect(await inProxyvm(`systemctl show -P NRestarts ${workUnit}`)).toBe(
            '0\n',
        );
    });
});

describe('the refusals in the journal', () => {
    test('are all kept of a client that is no flood, beside one that is', async () => {
        const before = await journal(bankingUnit);
        const flooding = attack('flood', 5);
        const urls = Array.from(
            { length: 500 },
            (_, n) => `http://refused${n}.test/`,
        );
        const asked = await bed.run(
            [
                'qube',
                'banking',
                'sh',
                '-c',
                'xargs curl --silent --proxy $0:8100 --output /dev/null',
                sysFilter,
            ],
            { input: `${urls.join('\n')}\n` },
        );
        expect(asked.exitCode).toBe(0);
        await flooding;
        const after = await journal(bankingUnit);
        expect(after.lines - before.lines).toBeGreaterThanOrEqual(500);
    });
});
