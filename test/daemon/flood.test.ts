// A flood of events, and a ProxyVM that never answers: nobody waits for it.
import { describe, expect, test } from 'vitest';
import { nameOf } from '../dom0/rules.ts';
import { rulesOf } from './model/doings.ts';
import { slowMs, World } from './model/world.ts';

const proxyvms = Array.from({ length: 10 }, (_, at) => `sys-filter${at}`);
const clients = Array.from({ length: 140 }, (_, at) => `work${at}`);
const others = Array.from({ length: 50 }, (_, at) => `vault${at}`);

const netvmOf = (at: number) => proxyvms[at % proxyvms.length] ?? '';

/** All clients are served, and nobody waits for anything. */
async function worldAtRest(): Promise<World> {
    const world = new World(proxyvms);
    const { qubes, dom0, scheduler, qubesd } = world;
    // What is promised at every moment is the matter of histories.
    scheduler.afterEach = () => undefined;
    qubesd.mostAtOnce = 16;
    for (const [at, name] of proxyvms.entries()) {
        qubes.createRunning(name, `10.137.1.${at + 1}`);
    }
    for (const [at, name] of clients.entries()) {
        qubes.create(name, `10.137.0.${at + 1}`, netvmOf(at));
        dom0.writeRules(nameOf(name), rulesOf('a'));
        world.spawn(qubes.start(name, 'never'));
    }
    for (const [at, name] of others.entries()) {
        qubes.create(name, `10.137.2.${at + 1}`, netvmOf(at));
    }
    world.startDaemon();
    await world.rest();
    world.checkAll();
    return world;
}

/** Events that may be heard of any qube, though nothing is different. */
function emitNoise({ qubesd }: World, count: number): void {
    const kinds = [
        'property-set:netvm',
        'property-reset:visible_ip',
        'domain-unpaused',
        'domain-tag-add:x',
        'firewall-changed',
        'domain-feature-set:ipv6',
    ];
    const names = [...clients, ...others, ...proxyvms];
    for (let at = 0; at < count; at += 1) {
        const name = names[(at * 7) % names.length] ?? '';
        qubesd.emit(name, kinds[at % kinds.length] ?? '');
    }
}

function callsOf({ proxyvms: all }: World): number {
    return [...all.values()].reduce((sum, { calls }) => sum + calls, 0);
}

describe('ten thousand events over two hundred qubes', () => {
    test('call nobody when nothing has changed, and few tools', async () => {
        const world = await worldAtRest();
        const [calls, tools] = [callsOf(world), world.dom0.tools];
        emitNoise(world, 10_000);
        await world.rest();
        expect(callsOf(world) - calls).toBe(0);
        // One listing for each time that all which came meanwhile is read.
        expect(world.dom0.tools - tools).toBeLessThan(300);
        world.checkAll();
    });

    test('call the ProxyVMs that have changed, and leave all right', async () => {
        const world = await worldAtRest();
        const calls = callsOf(world);
        emitNoise(world, 4000);
        for (const name of ['work0', 'work1', 'work2', 'work10', 'work20']) {
            world.qubes.crash(name);
        }
        emitNoise(world, 3000);
        world.dom0.writeRules(nameOf('work3'), rulesOf('b'));
        emitNoise(world, 3000);
        await world.rest();
        // Of sys-filter0 to sys-filter3.
        expect(callsOf(world) - calls).toBe(4);
        world.checkAll();
    });

    test('leave nothing behind, and pile up nothing', async () => {
        const world = await worldAtRest();
        const { scheduler, qubesd } = world;
        let most = 0;
        scheduler.afterEach = () => {
            most = Math.max(most, scheduler.waiting);
        };
        const before = scheduler.waiting;
        for (let at = 0; at < 10_000; at += 1) {
            const name = others[at % others.length] ?? '';
            qubesd.emit(name, 'domain-pre-spawn', { start_guid: 'True' });
        }
        await world.rest();
        // A timer for each qube that starts, and one run.
        expect(most - before).toBeLessThan(others.length + 20);
        expect(scheduler.waiting).toBe(before);
    });
});

describe('a ProxyVM that never answers', () => {
    test('delays no other', async () => {
        const world = await worldAtRest();
        const { scheduler, qubes } = world;
        world.proxyvm('sys-filter0').hang(true);
        qubes.crash('work0');
        await world.calm();
        const began = scheduler.nowMs;
        for (const name of ['work1', 'work2', 'work10']) {
            qubes.crash(name);
        }
        await world.calm();
        expect(scheduler.nowMs).toBe(began);
        expect(world.stepsLeft('sys-filter1')).toEqual([]);
        expect(world.stepsLeft('sys-filter2')).toEqual([]);
        expect(world.stepsLeft('sys-filter0')).not.toEqual([]);
        world.proxyvm('sys-filter0').hang(false);
        await world.rest();
        world.checkAll();
    });

    test('is tried ever more rarely, and right once it answers', async () => {
        const world = await worldAtRest();
        const { scheduler, qubes } = world;
        const hung = world.proxyvm('sys-filter0');
        hung.hang(true);
        qubes.crash('work0');
        const calls = hung.calls;
        while (scheduler.nowMs < 60 * 60 * 1000) {
            await world.calm();
            expect(await scheduler.pass(slowMs)).toBe(true);
        }
        expect(hung.calls - calls).toBeLessThan(20);
        hung.hang(false);
        await world.restLate();
        world.checkAll();
    });
});

describe('a stop', () => {
    test('survives every event', async () => {
        const world = await worldAtRest();
        const { qubes, qubesd } = world;
        const isServed = () =>
            [...world.proxyvms.values()].some(({ state }) =>
                state.proxies.some(({ record }) => record?.name === 'work0'),
            );
        expect(isServed()).toBe(true);
        world.setStopped('work0', true);
        await world.rest();
        const happenings: (() => unknown)[] = [
            () => qubes.crash('work0'),
            () => qubes.start('work0', 'never'),
            () => qubes.pause('work0'),
            () => qubes.unpause('work0'),
            () => qubes.setNetvm('work0', 'sys-filter1'),
            () => qubes.setNetvm('work0', null),
            () => qubes.setNetvm('work0', 'sys-filter0'),
            () => qubes.setIp('work0', '10.137.0.200'),
            () => world.dom0.writeRules(nameOf('work0'), rulesOf('a b')),
            () => world.setRules('work0', rulesOf('c')),
            () => qubes.crash('sys-filter0'),
            () => qubes.start('sys-filter0', 'never'),
            () => qubesd.cut(3),
            () => world.killDaemon(),
            () => world.startDaemon(),
            () => emitNoise(world, 500),
        ];
        for (const happen of happenings) {
            world.spawn(Promise.resolve(happen()));
            await world.rest();
            expect(isServed()).toBe(false);
        }
        world.checkAll();
        world.setStopped('work0', false);
        await world.rest();
        expect(isServed()).toBe(true);
        world.checkAll();
    });
});
