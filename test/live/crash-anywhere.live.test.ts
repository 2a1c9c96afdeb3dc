// The agent killed after each step of each kind of plan: in between nothing
// is open that was not open before and is not wanted, and the next call makes
// it right. What the agent foresees after each step is there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filterOfHosts } from '../filters.ts';
import { clientOf, gateway, stop } from './agent.ts';
import { type AgentLoop, startAgentLoop } from './agent-loop/start.ts';
import { bed } from './bed.ts';
import { now } from './daemon.ts';
import {
    applyInterrupted,
    installInterruptedAgent,
} from './interrupted/run.ts';
import { inProxyvm } from './proxyvm.ts';

interface Transition {
    /** Applied one after the other, they make what is there before. */
    readonly start: readonly (readonly object[])[];
    readonly accident?: string;
    /** As dom0 says it at that moment. */
    readonly desired: () => readonly object[];
    /** At least: a plan of that kind has as many steps. */
    readonly steps: number;
}

const hosts = ['a.test', 'b.test', 'inside.test'];

let agent: AgentLoop;

/** The qubes as dom0 describes them, without a filter. */
const qubes = new Map<string, Awaited<ReturnType<typeof clientOf>>>();

function clientWith(qube: string, allowed: readonly string[]) {
    const client = qubes.get(qube);
    if (client === undefined) {
        throw new Error(`${qube} was not looked at`);
    }
    return { ...client, filter: filterOfHosts([...allowed, 'inside.test']) };
}

function work(...allowed: string[]) {
    return clientWith('work', allowed);
}

function banking(...allowed: string[]) {
    return clientWith('banking', allowed);
}

function raise(): never {
    throw new Error('no such transition');
}

/** What each of both clients reaches: `work a.test`. */
async function openNow(): Promise<string[]> {
    const probe = (host: string) =>
        `curl --silent --fail --max-time 5 --output /dev/null --proxy` +
        ` http://${gateway} http://${host}/ && echo ${host};`;
    const open = ['work', 'banking'].map(async (qube) => {
        const script = hosts.map(probe).join(' ');
        const { stdout } = await bed.qube(qube, 'sh', '-c', script);
        return stdout
            .split('\n')
            .flatMap((host) => (host === '' ? [] : [`${qube} ${host}`]));
    });
    return (await Promise.all(open)).flat();
}

const transitions: Record<string, () => Transition> = {
    'the first clients': () => ({
        start: [[]],
        desired: () => [work('a.test'), banking('b.test')],
        steps: 7,
    }),
    'an added rule': () => ({
        start: [[work('a.test')]],
        desired: () => [work('a.test', 'b.test')],
        steps: 4,
    }),
    'a removed rule': () => ({
        start: [[work('a.test', 'b.test')]],
        desired: () => [work('a.test')],
        steps: 5,
    }),
    'a removed rule, by which old connections may go on': () => ({
        start: [[work('a.test', 'b.test')]],
        desired: () => [{ ...work('a.test'), narrowing: { drainSeconds: 60 } }],
        steps: 4,
    }),
    'a rule added and removed again': () => ({
        start: [[], [work('a.test')], [work('a.test', 'b.test')]],
        desired: () => [work('a.test')],
        steps: 4,
    }),
    'a rule added for a time': () => {
        const end = now() + 600;
        return {
            start: [[work('a.test')]],
            desired: () => [
                {
                    ...work('a.test', 'b.test'),
                    deadlines: [
                        {
                            seconds: Math.round(end - now()),
                            filter: work('a.test').filter,
                        },
                    ],
                },
            ],
            steps: 5,
        };
    },
    'a client that leaves': () => ({
        start: [[work('a.test'), banking('b.test')]],
        desired: () => [banking('b.test')],
        steps: 4,
    }),
    'an address that another qube has now': () => ({
        start: [[work('a.test')]],
        desired: () => [
            {
                ...work('b.test'),
                name: 'other',
                uuid: '6c1f2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b',
            },
        ],
        steps: 6,
    }),
    'a table and a rule that somebody deleted': () => ({
        start: [[work('a.test')]],
        accident:
            'nft delete table inet qubes-filterproxy;' +
            ' nft flush chain ip qubes custom-input',
        desired: () => [work('a.test', 'b.test')],
        steps: 4,
    }),
    'the last client': () => ({
        start: [[work('a.test'), banking('b.test')]],
        desired: () => [],
        steps: 5,
    }),
};

beforeAll(async () => {
    await bed.up();
    await bed.dns('inside.test', '10.137.0.4', '127.0.0.1');
    await installInterruptedAgent();
    agent = await startAgentLoop();
    for (const qube of ['work', 'banking']) {
        qubes.set(qube, await clientOf(qube, { hosts: [] }));
    }
});

afterAll(async () => {
    await agent.end();
    await stop();
});

test.each(Object.keys(transitions))(
    '%s can be interrupted after each step',
    async (name) => {
        const {
            start,
            accident = ':',
            desired,
            steps,
        } = (transitions[name] ?? raise)();
        const begin = async () => {
            for (const clients of start) {
                await agent.apply(clients);
            }
            await inProxyvm(accident);
        };
        await begin();
        const openBefore = new Set(await openNow());
        await agent.apply(desired());
        const wanted = await openNow();
        expect(wanted.join()).not.toContain('inside.test');
        let isInterrupted = true;
        let done = 0;
        for (; isInterrupted; done += 1) {
            await begin();
            isInterrupted = await applyInterrupted(desired(), done);
            for (const open of await openNow()) {
                const isAllowed = openBefore.has(open) || wanted.includes(open);
                expect(isAllowed, `${open} after ${done} steps`).toBe(true);
            }
            expect((await agent.apply(desired())).error).toBeNull();
            expect(await openNow()).toEqual(wanted);
            const again = await agent.apply(desired());
            expect(again.report?.steps).toEqual([]);
        }
        expect(done - 1).toBeGreaterThanOrEqual(steps);
    },
    120_000,
);
