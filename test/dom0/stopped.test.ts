// Who is stopped, over random commands.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { System } from '../../dom0/core/qube.ts';
import {
    holdOn,
    nobodyStopped,
    onlyStopsOf,
    parseStopped,
    renderStopped,
    type Stopped,
    withAllStopped,
    withoutStops,
    withStops,
} from '../../dom0/core/stopped.ts';
import { exampleWith, systemOf, uuidOf } from './fake-qubes.ts';
import { nameOf } from './rules.ts';

const seed = 20261124;
const hold = { since: '2026-11-24T12:00:00Z', by: 'user' };
const disposable = (name: string) => ({
    name,
    class: 'DispVM',
    template: 'work-dvm',
    xid: 12,
});
const system = systemOf(exampleWith(disposable('disp1'), disposable('disp2')));

function qube(name: string) {
    return system.get(nameOf(name)) ?? expect.fail(name);
}

const isHeld = (stopped: Stopped, name: string, known: System = system) =>
    holdOn(stopped, qube(name), known) !== null;

type Command = readonly ['stop' | 'start' | 'kill-all', string];

const names = ['work', 'banking', 'work-dvm', 'disp1', 'disp2'];
const commands = fc.array(
    fc.tuple(
        fc.constantFrom('stop' as const, 'start' as const, 'kill-all' as const),
        fc.constantFrom(...names),
    ),
    { maxLength: 12 },
);

function run(stopped: Stopped, [command, name]: Command): Stopped {
    switch (command) {
        case 'stop':
            return withStops(stopped, [qube(name)], system, hold);
        case 'start':
            return withoutStops(stopped, [qube(name)], system);
        case 'kill-all':
            return withAllStopped(stopped, hold);
    }
}

function runAll(all: readonly Command[]): Stopped {
    return all.reduce(run, nobodyStopped);
}

describe('after any commands', () => {
    test('the file is read as it was written', () => {
        fc.assert(
            fc.property(commands, (all) => {
                const stopped = runAll(all);
                const bytes = Buffer.from(renderStopped(stopped));
                expect(parseStopped(bytes)).toEqual({
                    ok: true,
                    value: stopped,
                });
            }),
            { seed },
        );
    });

    test('a qube is stopped that is stopped now, and no other is freed', () => {
        fc.assert(
            fc.property(commands, fc.constantFrom(...names), (all, name) => {
                const before = runAll(all);
                const stopped = run(before, ['stop', name]);
                expect(isHeld(stopped, name)).toBe(true);
                for (const other of names.filter((each) =>
                    isHeld(before, each),
                )) {
                    expect([other, isHeld(stopped, other)]).toEqual([
                        other,
                        true,
                    ]);
                }
            }),
            { seed },
        );
    });

    test('a start frees a qube but for its template’s stop, and stops nobody', () => {
        fc.assert(
            fc.property(commands, fc.constantFrom(...names), (all, name) => {
                const before = runAll(all);
                const started = run(before, ['start', name]);
                const held = holdOn(started, qube(name), system);
                expect(held?.through ?? 'template').toBe('template');
                for (const other of names.filter(
                    (each) => !isHeld(before, each),
                )) {
                    expect(isHeld(started, other)).toBe(false);
                }
            }),
            { seed },
        );
    });

    test('kill-all holds everybody, and a qube that comes later too', () => {
        fc.assert(
            fc.property(commands, (all) => {
                const stopped = run(runAll(all), ['kill-all', '']);
                const later = systemOf(
                    exampleWith(disposable('disp1'), disposable('disp2'), {
                        name: 'work',
                        uuid: uuidOf('a later work'),
                    }),
                );
                for (const each of later.values()) {
                    expect(holdOn(stopped, each, later)).not.toBeNull();
                }
            }),
            { seed },
        );
    });

    test('what is kept of an end for all is as it was', () => {
        fc.assert(
            fc.property(commands, fc.constantFrom(...names), (all, name) => {
                const before = runAll(all);
                const kept = onlyStopsOf(before, [qube(name)], system);
                expect(isHeld(kept, name)).toBe(isHeld(before, name));
                expect(kept.all).toBeNull();
                expect(kept.qubes.length).toBe(isHeld(before, name) ? 1 : 0);
            }),
            { seed },
        );
    });

    test('a removed qube is forgotten at the next stop or start', () => {
        const gone = systemOf(
            exampleWith().filter(({ name }) => name !== 'work'),
        );
        const stopped = runAll([
            ['stop', 'work'],
            ['kill-all', ''],
            ['start', 'work'],
        ]);
        const work = uuidOf('work');
        const all = JSON.stringify(withoutStops(stopped, [], gone));
        expect(JSON.stringify(stopped)).toContain(work);
        expect(all).not.toContain(work);
    });
});

test.each([
    '{"version":1,"all":null}',
    '{"version":1,"all":{"since":"2026-11-24T12:00:00Z","by":"user"},"qubes":[]}',
    '{"version":1,"all":{"since":"yesterday","by":"user","but":[]},"qubes":[]}',
    '{"version":1,"all":{"since":"2026-11-24T12:00:00Z","by":"a\\u001b","but":[]},"qubes":[]}',
    '{"version":1,"all":null,"qubes":[{"uuid":"x","name":"work","since":"2026-11-24T12:00:00Z","by":"user"}]}',
    '[]',
    'null',
])('%s is not understood', (text) => {
    expect(parseStopped(Buffer.from(text)).ok).toBe(false);
});
