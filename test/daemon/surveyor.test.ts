// When the daemon looks, and what it does when it cannot.
import { expect, test } from 'vitest';
import { nameOf } from '../dom0/rules.ts';
import { rulesOf } from './model/doings.ts';
import { World } from './model/world.ts';

/** A ProxyVM with one client, and the daemon at rest. */
async function smallWorld(): Promise<World> {
    const world = new World(['sys-filter']);
    world.qubes.createRunning('sys-filter', '10.137.0.4');
    world.qubes.create('work', '10.137.0.5', 'sys-filter');
    world.dom0.writeRules(nameOf('work'), rulesOf('a'));
    world.spawn(world.qubes.start('work', 'never'));
    world.startDaemon();
    await world.rest();
    world.checkAll();
    return world;
}

test('a burst of events while the disk is full makes no long wait', async () => {
    const world = await smallWorld();
    const { dom0, qubesd, qubes, scheduler } = world;
    dom0.isFull = true;
    for (let at = 0; at < 20; at += 1) {
        qubesd.emit('work', 'domain-pre-spawn');
        await world.calm();
    }
    qubes.crash('work');
    await world.calm();
    dom0.isFull = false;
    const before = scheduler.nowMs;
    await scheduler.pass();
    await world.calm();
    expect(scheduler.nowMs - before).toBeLessThanOrEqual(1000);
    world.checkAll();
});

test('a client that is plugged in anew is served at its address of now', async () => {
    const world = await smallWorld();
    const { qubes } = world;
    world.spawn(qubes.setIp('work', '10.137.0.9'));
    await world.rest();
    expect(doorsOf(world)).toContain('10.137.0.5');
    world.spawn(qubes.setNetvm('work', 'sys-filter'));
    await world.rest();
    expect(doorsOf(world)).toContain('10.137.0.9');
    world.checkAll();
});

function doorsOf(world: World): (string | number)[] {
    const { elements } = world.proxyvm('sys-filter').state;
    return elements
        .filter(({ set }) => set === 'door4')
        .flatMap(({ key }) => key);
}

test('what is heard during a look is one look after it', async () => {
    const world = await smallWorld();
    const tools = world.dom0.tools;
    for (let at = 0; at < 50; at += 1) {
        world.qubesd.emit('work', 'domain-tag-add:x', { tag: 'x' });
    }
    world.qubesd.mostAtOnce = 50;
    await world.calm();
    expect(world.dom0.tools - tools).toBeLessThanOrEqual(2);
});

test('a start that fails while a visit for it is under way is taken back', async () => {
    const world = await smallWorld();
    const { qubes, scheduler, qubesd } = world;
    qubes.create('mail', '10.137.0.6', 'sys-filter');
    world.dom0.writeRules(nameOf('mail'), rulesOf('a'));
    await world.rest();
    qubesd.emit('mail', 'domain-pre-spawn');
    const reads = 'the daemon reads how the visit to sys-filter ended';
    const visits = () => scheduler.log.filter((line) => line.includes(reads));
    const before = visits().length;
    // The second of them is the visit's own: it has looked.
    while (visits().length < before + 2) {
        await scheduler.run(0);
    }
    qubesd.emit('mail', 'domain-start-failed', { reason: 'no' });
    await heardFirst(world);
    await world.calm();
    world.checkAll();
});

/** The surveyor's look goes ahead of the visit. */
async function heardFirst({ scheduler }: World): Promise<void> {
    const last = () => scheduler.log.at(-1) ?? '';
    for (let turn = 0; turn < 20 && !last().includes('told'); turn += 1) {
        await scheduler.run(1);
    }
}
