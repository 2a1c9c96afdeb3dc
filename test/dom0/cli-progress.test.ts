// What a user sees while a walk over ProxyVMs takes its time.
import { describe, expect, test } from 'vitest';
import { sayingInterrupts } from '../../dom0/cli/interrupts.ts';
import { progressOn, type Terminal } from '../../dom0/cli/progress.ts';
import { noProgress } from '../../dom0/progress.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { nameOf } from './rules.ts';

const names = ['sys-a', 'sys-b', 'sys-c'].map(nameOf);
const [a, b, c] = names as [never, never, never];
const erased = '\r\x1b[K';

/** A terminal whose clock is set by hand. */
class FakeTerminal implements Terminal {
    written = '';
    readonly #timers = new Map<object, { at: number; action: () => void }>();
    #now = 0;

    readonly write = (text: string) => {
        this.written += text;
    };

    readonly after = (milliseconds: number, action: () => void) => {
        const key = {};
        this.#timers.set(key, { at: this.#now + milliseconds, action });
        return () => {
            this.#timers.delete(key);
        };
    };

    pass(milliseconds: number): void {
        this.#now += milliseconds;
        for (const [key, { at, action }] of this.#timers) {
            if (at <= this.#now) {
                this.#timers.delete(key);
                action();
            }
        }
    }

    get waits(): number {
        return this.#timers.size;
    }
}

describe('progress', () => {
    test('names the one that is waited for, and how many are done', () => {
        const terminal = new FakeTerminal();
        const done = progressOn(terminal).begin('telling', names);
        done(b);
        terminal.pass(1000);
        done(a);
        done(c);
        expect(terminal.written).toBe(
            [
                `${erased}telling sys-a (2 of 3)`,
                `${erased}telling sys-c (3 of 3)`,
                erased,
            ].join(''),
        );
    });

    test('is not shown for what is done within a second', () => {
        const terminal = new FakeTerminal();
        const done = progressOn(terminal).begin('telling', names);
        terminal.pass(999);
        names.forEach(done);
        terminal.pass(5000);
        expect(terminal.written).toBe('');
        expect(terminal.waits).toBe(0);
    });

    test('of one names just that', () => {
        const terminal = new FakeTerminal();
        const done = progressOn(terminal).begin('asking', [a]);
        terminal.pass(1000);
        done(a);
        expect(terminal.written).toBe(`${erased}asking sys-a${erased}`);
    });

    test('of nothing leaves no timer behind', () => {
        const terminal = new FakeTerminal();
        progressOn(terminal).begin('telling', []);
        expect(terminal.waits).toBe(0);
    });
});

describe('an interrupt', () => {
    test('is spoken of while ProxyVMs are told, and names those that are not', () => {
        const said: string[] = [];
        const atEnd = new Set<() => void>();
        const { begin } = sayingInterrupts(noProgress, {
            err: (text) => said.push(text),
            beforeEnd: (action) => {
                atEnd.add(action);
                return () => atEnd.delete(action);
            },
        });
        begin('asking', names);
        begin('telling', []);
        expect(atEnd.size).toBe(0);
        const done = begin('telling', names);
        done(b);
        for (const action of atEnd) {
            action();
        }
        expect(said.join('')).toContain('in force in sys-a, sys-c; ');
        done(a);
        done(c);
        expect(atEnd.size).toBe(0);
    });
});

describe('a command on a terminal', () => {
    /** Takes two seconds, by that terminal's clock. */
    function slowly(terminal: FakeTerminal): FakeAgent {
        const { agent } = obedientAgent();
        return (...call) => {
            terminal.pass(2000);
            return agent(...call);
        };
    }

    async function update(...options: string[]) {
        const terminal = new FakeTerminal();
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n' },
            agents: { 'sys-filter': slowly(terminal) },
        });
        const result = await dom0.onTerminal(terminal, 'update', ...options);
        return { ...result, written: terminal.written };
    }

    test('shows its progress, and nothing is left of it', async () => {
        expect(await update()).toEqual({
            exitCode: 0,
            out: 'sys-filter: in force\n',
            err: '',
            written: `${erased}telling sys-filter${erased}`,
        });
    });

    test.each([['--json'], ['--quiet']])('does not with %s', async (option) => {
        expect((await update(option)).written).toBe('');
    });
});
