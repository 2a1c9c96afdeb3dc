// What the daemon remembers of qubes, and what it reads again.
import { expect, test } from 'vitest';
import { knownQubes } from '../../dom0/adapters/known-qubes.ts';
import type { Qube, System } from '../../dom0/core/qube.ts';
import { Failure } from '../../dom0/failure.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { exampleWith, systemOf } from '../dom0/fake-qubes.ts';
import { nameOf } from '../dom0/rules.ts';

const work = nameOf('work');

/** Qubes that can change, and what was asked of them. */
function inventoryWithCounts() {
    const asked: string[] = [];
    const qubes = {
        now: systemOf(exampleWith()),
        isDown: false,
        onRead: (): void => undefined,
    };
    const answer = <T>(what: string, value: () => T): Promise<T> => {
        asked.push(what);
        if (qubes.isDown) {
            return Promise.reject(new Failure('qubesd is down'));
        }
        const read = value();
        qubes.onRead();
        return Promise.resolve(read);
    };
    const known = knownQubes({
        all: () => answer<System>('all', () => qubes.now),
        tagged: async () => new Map(),
        one: (name: QubeName) =>
            answer<Qube | null>(name, () => qubes.now.get(name) ?? null),
    });
    return { known, qubes, asked };
}

const moved = systemOf(exampleWith({ name: 'work', netvm: 'sys-firewall' }));

test('all qubes are read once, then only those that were forgotten', async () => {
    const { known, qubes, asked } = inventoryWithCounts();
    await known.all();
    await known.all();
    qubes.now = moved;
    known.forget([work]);
    const system = await known.all();
    expect(system.get(work)?.netvm).toBe('sys-firewall');
    expect(asked).toEqual(['all', 'work']);
});

test('a qube that is not there any more is known no more', async () => {
    const { known, qubes } = inventoryWithCounts();
    await known.all();
    const rest = new Map(qubes.now);
    rest.delete(work);
    qubes.now = rest;
    known.forget([work]);
    expect((await known.all()).has(work)).toBe(false);
});

test('many that were forgotten are one listing', async () => {
    const { known, qubes, asked } = inventoryWithCounts();
    await known.all();
    known.forget([...qubes.now.keys()]);
    await known.all();
    expect(asked).toEqual(['all', 'all']);
});

test('what is forgotten while it is read is read again', async () => {
    const { known, qubes, asked } = inventoryWithCounts();
    await known.all();
    known.forget([work]);
    qubes.onRead = () => {
        qubes.onRead = () => undefined;
        qubes.now = moved;
        known.forget([work]);
    };
    await known.all();
    const system = await known.all();
    expect(system.get(work)?.netvm).toBe('sys-firewall');
    expect(asked).toEqual(['all', 'work', 'work']);
});

test('what could not be read is read with all: no one qube is in the way', async () => {
    const { known, qubes, asked } = inventoryWithCounts();
    await known.all();
    qubes.isDown = true;
    qubes.now = moved;
    known.forget([work]);
    await expect(known.all()).rejects.toThrow(Failure);
    qubes.isDown = false;
    expect((await known.all()).get(work)?.netvm).toBe('sys-firewall');
    expect(asked).toEqual(['all', 'work', 'all']);
});

test('a netvm of which nothing was heard is a reason to list all', async () => {
    const { known, qubes, asked } = inventoryWithCounts();
    await known.all();
    const added = { name: 'sys-new', ip: '10.137.0.99', providesNetwork: true };
    qubes.now = systemOf(
        exampleWith(added, { name: 'work', netvm: 'sys-new' }),
    );
    known.forget([work]);
    const system = await known.all();
    expect(system.has(nameOf('sys-new'))).toBe(true);
    expect(asked).toEqual(['all', 'work', 'all']);
});
