// Virtual time, and whose turn it is: all that waits for something in the
// model waits here, and a history decides what happens first.

import type { Clock } from '../../../dom0/daemon/clock.ts';

/** Something that can be killed, or hang: a program, or the machine itself. */
export class Life {
    isAlive = true;
    isHung = false;
    readonly name: string;
    /** What happens to it after so many more turns of its. */
    fate: { turns: number; readonly act: () => void } | null = null;

    constructor(name: string) {
        this.name = name;
    }
}

/** Of one at a time; who has died holds it no more. */
export class Mutex {
    holder: Life | null = null;

    isFree(): boolean {
        return this.holder === null || !this.holder.isAlive;
    }
}

interface Task {
    readonly life: Life;
    readonly text: string;
    readonly isAble: () => boolean;
    readonly run: () => void;
}

interface Timer {
    readonly life: Life;
    readonly at: number;
    readonly waitMs: number;
    readonly action: () => void;
}

/** Another try after many failures, of which only the first are awaited. */
const lateMs = 5 * 60 * 1000;

const began = Date.UTC(2026, 10, 24, 12);

const always = () => true;

export class Scheduler {
    nowMs = 0;
    /** By how much dom0's clock was set forward since. */
    skewMs = 0;
    /** What happened, a line each. */
    readonly log: string[] = [];
    /** Called after all that happens. */
    afterEach: () => void = () => undefined;
    private tasks: Task[] = [];
    private timers: Timer[] = [];
    private failure: { readonly error: unknown } | null = null;

    /** How many turns and timers there are. */
    get waiting(): number {
        return this.tasks.length + this.timers.length;
    }

    /** Does something when it is its turn; never, if its life ends before. */
    turn<T>(life: Life, text: string, action: () => T): Promise<T> {
        return new Promise((resolve, reject) => {
            const run = () => {
                try {
                    resolve(action());
                } catch (error) {
                    reject(error as Error);
                }
            };
            this.tasks.push({ life, text, run, isAble: always });
        });
    }

    /** Whether the mutex was got before the time was over. */
    acquire(life: Life, mutex: Mutex, patienceMs: number): Promise<boolean> {
        return new Promise((resolve) => {
            const task: Task = {
                life,
                text: `${life.name} has the lock`,
                isAble: () => mutex.isFree(),
                run: () => {
                    callOff();
                    mutex.holder = life;
                    resolve(true);
                },
            };
            const callOff = this.after(life, patienceMs, () => {
                this.tasks = this.tasks.filter((each) => each !== task);
                resolve(false);
            });
            this.tasks.push(task);
        });
    }

    after(life: Life, milliseconds: number, action: () => void): () => void {
        const at = this.nowMs + milliseconds;
        const timer = { life, at, waitMs: milliseconds, action };
        this.timers.push(timer);
        return () => {
            this.timers = this.timers.filter((each) => each !== timer);
        };
    }

    /** As a program knows the time. */
    clockOf(life: Life): Clock {
        return {
            now: () => new Date(began + this.nowMs + this.skewMs),
            after: (milliseconds, action) =>
                this.after(life, milliseconds, action),
        };
    }

    /** Lets something go on by itself; what it throws fails the history. */
    spawn(doing: Promise<unknown>): void {
        doing.catch((error: unknown) => {
            this.failure ??= { error };
        });
    }

    /** Does one of the things whose turn it may be; false if there is none. */
    async run(choice: number): Promise<boolean> {
        const able = this.able();
        const task = able[choice % Math.max(able.length, 1)];
        if (task !== undefined) {
            await this.runTask(task);
        }
        return task !== undefined;
    }

    /** The same, and then what else is to be done by that same life. */
    async runFor(choice: number, turns: number): Promise<void> {
        const able = this.able();
        let task = able[choice % Math.max(able.length, 1)];
        const life = task?.life;
        for (let turn = 0; task !== undefined && turn < turns; turn += 1) {
            await this.runTask(task);
            task = this.able().find((each) => each.life === life);
        }
    }

    private able(): Task[] {
        this.tasks = this.tasks.filter(({ life }) => life.isAlive);
        return this.tasks.filter(
            ({ life, isAble }) => !life.isHung && isAble(),
        );
    }

    private async runTask(task: Task): Promise<void> {
        this.tasks = this.tasks.filter((each) => each !== task);
        this.log.push(`    ${task.text}`);
        task.run();
        meetFate(task.life);
        await this.settleDown();
    }

    /**
     * Time passes until something is due that waits for less than that;
     * false if there is no such thing.
     */
    async pass(belowMs = lateMs): Promise<boolean> {
        this.timers = this.timers.filter(({ life }) => life.isAlive);
        const due = this.timers
            .filter(({ life, waitMs }) => !life.isHung && waitMs < belowMs)
            .reduce<Timer | null>(
                (first, each) =>
                    first === null || each.at < first.at ? each : first,
                null,
            );
        if (due === null) {
            return false;
        }
        this.timers = this.timers.filter((each) => each !== due);
        this.log.push(`    ${Math.max(0, due.at - this.nowMs)} ms pass`);
        this.nowMs = Math.max(this.nowMs, due.at);
        due.action();
        await this.settleDown();
        return true;
    }

    /** Whatever can go on without a turn does so. */
    async settleDown(): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.failure !== null) {
            throw this.failure.error;
        }
        this.afterEach();
    }
}

function meetFate(life: Life): void {
    if (life.fate !== null) {
        life.fate.turns -= 1;
        if (life.fate.turns <= 0) {
            const { act } = life.fate;
            life.fate = null;
            act();
        }
    }
}
