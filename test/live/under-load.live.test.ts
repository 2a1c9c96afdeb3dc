// Two hundred rules added and removed again, one by one, while their client
// hammers its proxy and holds tunnels open.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filterOfHosts } from '../filters.ts';
import { clientOf, stop } from './agent.ts';
import { type AgentLoop, startAgentLoop } from './agent-loop/start.ts';
import { bed } from './bed.ts';
import { type Asked, now, type Report } from './hammer/report.ts';
import { type Hammer, startHammer } from './hammer/start.ts';

const count = 200;
const always = 'always.test';
const never = 'never.test';
const hosts = Array.from({ length: count }, (_, index) => `h${index}.test`);

/** Tunnels to these are opened as soon as they are allowed. */
const tunnelled = ['h5.test', 'h70.test', 'h140.test', 'h199.test'];

/** When a change of a host's rule began, and when the call returned. */
interface Change {
    readonly began: number;
    readonly returned: number;
    readonly ended: number;
}

const added = new Map<string, Change>();
const removed = new Map<string, Change>();
let work: Awaited<ReturnType<typeof clientOf>>;
let agent: AgentLoop;
let report: Report;
/** When the last rule had been added and none was removed yet. */
let turn: number;

async function allow(allowed: readonly string[]): Promise<Change> {
    const filter = filterOfHosts([always, ...allowed]);
    const began = now();
    const { error, report: said } = await agent.apply([{ ...work, filter }]);
    const returned = now();
    expect(error).toBeNull();
    expect(said?.clients).toMatchObject([{ state: 'served' }]);
    const ended = said?.ended[0]?.connections ?? 0;
    return { began, returned, ended };
}

async function addAll(hammer: Hammer): Promise<void> {
    for (const [index, host] of hosts.entries()) {
        added.set(host, await allow(hosts.slice(0, index + 1)));
        if (tunnelled.includes(host)) {
            await hammer.tunnel(host);
        }
    }
}

async function removeAll(): Promise<void> {
    for (const [index, host] of [...hosts.entries()].reverse()) {
        removed.set(host, await allow(hosts.slice(0, index)));
    }
}

/** Requests that were over when the removals began, and those after that. */
function requestsTo(host: string, when: 'adding' | 'removing'): Asked[] {
    return report.requests.filter(
        (request) =>
            request.host === host &&
            (when === 'adding' ? request.end < turn : request.begin > turn),
    );
}

beforeAll(async () => {
    await bed.up();
    await stop();
    work = await clientOf('work', { hosts: [always] });
    agent = await startAgentLoop();
    await allow([]);
    const hammer = await startHammer('work', {
        always,
        never,
        changing: hosts,
    });
    await hammer.tunnel(always);
    await addAll(hammer);
    turn = now();
    await removeAll();
    report = await hammer.stop();
}, 600_000);

afterAll(async () => {
    await agent.end();
    await stop();
});

describe('while rules are added', () => {
    test('no request is lost, wrongly refused or let through', () => {
        expect(requestsTo(always, 'adding').length).toBeGreaterThan(count);
        for (const { status } of requestsTo(always, 'adding')) {
            expect(status).toBe(200);
        }
        expect(requestsTo(never, 'adding').length).toBeGreaterThan(count);
        for (const { status } of requestsTo(never, 'adding')) {
            expect(status).toBe(403);
        }
        const statuses = new Set<number>();
        for (const [host, change] of added) {
            for (const request of requestsTo(host, 'adding')) {
                const { begin, end, status } = request;
                const expected = [
                    ...(begin > change.returned ? [] : [403]),
                    ...(end < change.began ? [] : [200]),
                ];
                expect(expected, JSON.stringify(request)).toContain(status);
                statuses.add(status);
            }
        }
        expect([...statuses].sort()).toEqual([200, 403]);
    });

    test('no connection is lost, however many changes ago it began', () => {
        const hostsOfTunnels = report.tunnels.map(({ host }) => host);
        expect(hostsOfTunnels).toEqual([always, ...tunnelled]);
        for (const { ended } of report.tunnels) {
            expect(ended ?? turn + 1).toBeGreaterThan(turn);
        }
        for (const { ended } of added.values()) {
            expect(ended).toBe(0);
        }
    });
});

describe('while rules are removed', () => {
    test('no request to a removed host is let through after the call returned', () => {
        let late = 0;
        for (const [host, { returned }] of removed) {
            for (const { begin, status } of requestsTo(host, 'removing')) {
                if (begin > returned) {
                    late += 1;
                    expect(status).not.toBe(200);
                }
            }
        }
        expect(late).toBeGreaterThan(count);
        for (const { status } of requestsTo(never, 'removing')) {
            expect(status).not.toBe(200);
        }
    });

    test('connections to a removed host are ended, in draining proxies of any age', () => {
        for (const host of tunnelled) {
            const tunnel = report.tunnels.find((each) => each.host === host);
            const change = removed.get(host);
            expect(change?.ended).toBeGreaterThan(0);
            expect(tunnel?.ended).toBeGreaterThan(change?.began ?? Infinity);
            // Its end takes a moment to arrive.
            expect(tunnel?.ended).toBeLessThan((change?.returned ?? 0) + 500);
        }
    });

    test('a connection that no removal concerns goes on', () => {
        expect(report.tunnels[0]).toEqual({
            host: always,
            ended: null,
            lastAnswer: 200,
        });
    });
});
