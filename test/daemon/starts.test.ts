// Which qubes count as starting, and until when.
import { expect, test } from 'vitest';
import { longestStartMs, type Starting } from '../../dom0/core/starting.ts';
import { Starts } from '../../dom0/daemon/starts.ts';
import { Failure } from '../../dom0/failure.ts';
import { nameOf } from '../dom0/rules.ts';
import { Life, Scheduler } from './model/scheduler.ts';

const work = nameOf('work');

/** Starts, what is stored of them, and who was given up. */
function startsWith(stored: Starting = new Map(), nowMs = 0) {
    const scheduler = new Scheduler();
    scheduler.nowMs = nowMs;
    const life = new Life('the daemon');
    const file = { stored, writes: 0, isFull: false };
    const givenUp: string[] = [];
    const starts = new Starts(
        {
            monotonicMs: () => scheduler.nowMs,
            starting: {
                read: () => Promise.resolve(file.stored),
                write: (starting) => {
                    if (file.isFull) {
                        return Promise.reject(new Failure('ENOSPC'));
                    }
                    file.stored = starting;
                    file.writes += 1;
                    return Promise.resolve();
                },
            },
        },
        scheduler.clockOf(life),
        (qube) => givenUp.push(qube),
    );
    return { starts, scheduler, file, givenUp };
}

test('a qube starts from its beginning to its end, in the file too', async () => {
    const { starts, file } = startsWith();
    starts.begin(work);
    await starts.store();
    expect([...file.stored]).toEqual([['work', 0]]);
    starts.end(work);
    await starts.store();
    expect([...file.stored]).toEqual([]);
});

test('a start whose end nobody told is given up in time', async () => {
    const { starts, scheduler, file, givenUp } = startsWith();
    starts.begin(work);
    await starts.store();
    await scheduler.pass();
    expect(scheduler.nowMs).toBe(longestStartMs);
    expect(givenUp).toEqual(['work']);
    await starts.store();
    expect([...file.stored]).toEqual([]);
});

test('a start that ended in time is not given up later', async () => {
    const { starts, scheduler, givenUp } = startsWith();
    starts.begin(work);
    starts.end(work);
    expect(await scheduler.pass()).toBe(false);
    expect(givenUp).toEqual([]);
});

test('a start of before the daemon was started is given up in its own time', async () => {
    const stored = new Map([[work, 1000]]);
    const { starts, scheduler, givenUp } = startsWith(stored, 31_000);
    await starts.recall();
    await scheduler.pass();
    expect(scheduler.nowMs).toBe(1000 + longestStartMs);
    expect(givenUp).toEqual(['work']);
});

test('a start of long ago is not recalled', async () => {
    const stored = new Map([[work, 1000]]);
    const { starts, scheduler, file } = startsWith(stored, 1_000_000);
    await starts.recall();
    await starts.store();
    expect(await scheduler.pass()).toBe(false);
    expect([...file.stored]).toEqual([]);
});

test('nothing is written when nothing has changed', async () => {
    const { starts, file } = startsWith();
    starts.begin(work);
    await starts.store();
    await starts.store();
    expect(file.writes).toBe(1);
});

test('what could not be written is written the next time', async () => {
    const { starts, file } = startsWith();
    starts.begin(work);
    file.isFull = true;
    await expect(starts.store()).rejects.toThrow(Failure);
    file.isFull = false;
    await starts.store();
    expect([...file.stored.keys()]).toEqual(['work']);
});
