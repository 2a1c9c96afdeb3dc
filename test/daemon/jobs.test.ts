// One run at a time for each ProxyVM, others meanwhile, and back-off.
import { expect, test } from 'vitest';
import { waitAfter } from '../../dom0/daemon/clock.ts';
import { type Job, Jobs } from '../../dom0/daemon/jobs.ts';
import { nameOf } from '../dom0/rules.ts';
import { Life, Scheduler } from './model/scheduler.ts';

const filter = nameOf('sys-filter');
const wall = nameOf('sys-wall');

const news: Job = { because: ['news'], isForced: false };
const forced: Job = { because: ['a gap'], isForced: true };

/** Jobs whose runs end when the test says so. */
function jobsByHand() {
    const scheduler = new Scheduler();
    const life = new Life('the daemon');
    const runs: { proxyvm: string; job: Job; end: (ok: boolean) => void }[] =
        [];
    const jobs = new Jobs(
        (proxyvm, job) =>
            new Promise((end) => {
                runs.push({ proxyvm, job, end });
            }),
        scheduler.clockOf(life),
        () => undefined,
    );
    /** The run of that number ends, and what follows on it begins. */
    const end = async (at: number, isDone: boolean) => {
        runs[at]?.end(isDone);
        await scheduler.settleDown();
    };
    return { jobs, runs, scheduler, end };
}

test('what is wanted while a ProxyVM is visited is one run after it', async () => {
    const { jobs, runs, end } = jobsByHand();
    jobs.want(filter, news);
    jobs.want(filter, { because: ['this'], isForced: false });
    jobs.want(filter, { because: ['that'], isForced: true });
    expect(runs).toHaveLength(1);
    await end(0, true);
    expect(runs).toHaveLength(2);
    expect(runs[1]?.job).toEqual({ because: ['this', 'that'], isForced: true });
    await end(1, true);
    expect(runs).toHaveLength(2);
});

test('a ProxyVM that is being visited keeps no other waiting', () => {
    const { jobs, runs } = jobsByHand();
    jobs.want(filter, news);
    jobs.want(wall, news);
    expect(runs.map(({ proxyvm }) => proxyvm)).toEqual([filter, wall]);
});

test('what failed is tried again, ever later, for five minutes at most', async () => {
    const { jobs, runs, scheduler, end } = jobsByHand();
    jobs.want(filter, news);
    const waits: number[] = [];
    for (let at = 0; at < 12; at += 1) {
        await end(at, false);
        const before = scheduler.nowMs;
        await scheduler.pass(Number.POSITIVE_INFINITY);
        waits.push((scheduler.nowMs - before) / 1000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(runs).toHaveLength(13);
    await end(12, true);
    expect(scheduler.waiting).toBe(0);
});

test('a wait is as long as the longest after any number of failures', () => {
    expect(waitAfter(5000)).toBe(5 * 60 * 1000);
});

test('news ends a wait, a reminder does not', async () => {
    const { jobs, runs, scheduler, end } = jobsByHand();
    jobs.want(filter, news);
    await end(0, false);
    jobs.remind(filter, news);
    expect(runs).toHaveLength(1);
    jobs.want(filter, news);
    expect(runs).toHaveLength(2);
    expect(scheduler.waiting).toBe(0);
});

test('a reminder during a run that fails waits as long as that', async () => {
    const { jobs, runs, scheduler, end } = jobsByHand();
    jobs.want(filter, news);
    jobs.remind(filter, news);
    await end(0, false);
    expect(runs).toHaveLength(1);
    await scheduler.pass();
    expect(scheduler.nowMs).toBe(1000);
    expect(runs).toHaveLength(2);
});

test('a reminder during a run that succeeds is another run', async () => {
    const { jobs, runs, end } = jobsByHand();
    jobs.want(filter, news);
    jobs.remind(filter, { because: ['this'], isForced: false });
    await end(0, true);
    expect(runs[1]?.job.because).toEqual(['this']);
    await end(1, true);
    expect(runs).toHaveLength(2);
});

test('a reminder of what nobody visits and nothing waits for is a run', () => {
    const { jobs, runs } = jobsByHand();
    jobs.remind(filter, news);
    expect(runs).toHaveLength(1);
});

test.each([
    ['at its next try', false],
    ['at news meanwhile', true],
])('a forced run that failed is forced %s', async (_, hasNews) => {
    const { jobs, runs, scheduler, end } = jobsByHand();
    jobs.want(filter, forced);
    if (hasNews) {
        jobs.want(filter, news);
    }
    await end(0, false);
    if (!hasNews) {
        await scheduler.pass();
    }
    expect(runs[1]?.job.isForced).toBe(true);
    await end(1, true);
    jobs.want(filter, news);
    expect(runs[2]?.job.isForced).toBe(false);
});

test('of a flood of reasons the first ones are kept', async () => {
    const { jobs, runs, end } = jobsByHand();
    jobs.want(filter, news);
    for (let at = 0; at < 10_000; at += 1) {
        jobs.want(filter, { because: [`event ${at}`], isForced: false });
    }
    await end(0, true);
    expect(runs[1]?.job.because).toEqual(['event 0', 'event 1', 'event 2']);
});
