// The daemon is never without ears for longer than it takes to connect.
import { expect, test } from 'vitest';
import type { Listener } from '../../dom0/adapters/event-stream.ts';
import { Journal } from '../../dom0/daemon/journal.ts';
import { keepListening } from '../../dom0/daemon/listening.ts';
import { addMarks, isMarked, noMarks } from '../../dom0/daemon/marks.ts';
import { nameOf } from '../dom0/rules.ts';
import { Life, Scheduler } from './model/scheduler.ts';

const established = {
    untrusted_subject: '',
    name: 'connection-established',
    untrusted_args: new Map<string, string>(),
};

function ears() {
    const scheduler = new Scheduler();
    const listeners: Listener[] = [];
    const heard: string[] = [];
    const said: string[] = [];
    const ready: number[] = [];
    keepListening(
        {
            listen: (listener) => listeners.push(listener),
            clock: scheduler.clockOf(new Life('the daemon')),
            journal: new Journal((line) => said.push(line)),
            onReady: () => ready.push(scheduler.nowMs),
        },
        ({ name }) => heard.push(name),
        () => undefined,
    );
    return { scheduler, listeners, heard, said, ready };
}

test('a connection that ends is made again a second later', async () => {
    const { scheduler, listeners, heard } = ears();
    listeners[0]?.onEvent(established);
    listeners[0]?.onEnd('qubesd ended it');
    expect(listeners).toHaveLength(1);
    await scheduler.pass();
    expect(scheduler.nowMs).toBe(1000);
    listeners[1]?.onEvent(established);
    expect(heard).toEqual(['connection-established', 'connection-established']);
});

test('the daemon is ready once, at its first event or its first failure', async () => {
    const { scheduler, listeners, ready } = ears();
    expect(ready).toEqual([]);
    listeners[0]?.onEnd('ECONNREFUSED');
    expect(ready).toEqual([0]);
    await scheduler.pass();
    listeners[1]?.onEvent(established);
    expect(ready).toEqual([0]);
});

test('a qubesd that stays away is said once', async () => {
    const { scheduler, listeners, said } = ears();
    for (let at = 0; at < 5; at += 1) {
        listeners[at]?.onEnd('ECONNREFUSED');
        await scheduler.pass();
    }
    listeners[5]?.onEvent(established);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('ECONNREFUSED');
    expect(said[1]).toContain('listening');
});

test('marks fold: every qube stays, and of the reasons the first few', () => {
    let marks = noMarks;
    for (let at = 0; at < 1000; at += 1) {
        const qubes = new Set([nameOf(`q${at % 200}`)]);
        marks = addMarks(marks, { qubes, because: [`event ${at}`] });
    }
    marks = addMarks(marks, { isForced: true });
    marks = addMarks(marks, { isForced: false });
    expect(marks.qubes.size).toBe(200);
    expect(marks.because).toEqual(['event 0', 'event 1', 'event 2']);
    expect(marks.isForced).toBe(true);
    expect(isMarked(marks)).toBe(true);
    expect(isMarked(noMarks)).toBe(false);
});
