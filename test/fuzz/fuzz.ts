// Runs a parser on a million inputs, and says what became of them.
import { expect, vi } from 'vitest';
import type { Result } from '../../shared/result.ts';

export interface Target<T> {
    /** The trust line, for the tally that is printed. */
    readonly line: string;
    /** Which part of the million is for this, if the line has several. */
    readonly share?: number;
    /** Makes the next input; never one that it started from. */
    readonly next: () => Buffer;
    /** As the product reads such bytes. */
    readonly parse: (untrusted_bytes: Buffer) => Result<T, string>;
    /** Throws when the grammar does not have what was accepted. */
    readonly check: (value: T, bytes: Buffer) => void;
}

export interface Tally {
    accepted: number;
    refused: number;
}

const million = 1_000_000;

// A minute at most, but other tests and other programs run beside.
vi.setConfig({ testTimeout: 600_000 });

/** Milliseconds of CPU for one input; nearly all take microseconds. */
const slow = 2000;
/** Bytes by which the heap may grow; other tests may have left garbage. */
const mostGrowth = 600 * 1024 * 1024;

/**
 * Fails at the first input that is not refused or accepted as it should be,
 * and shows it. At least some of a hundred are accepted, and refused.
 */
export function fuzz<T>(target: Target<T>): void {
    const tally: Tally = { accepted: 0, refused: 0 };
    const count = (target.share ?? 1) * million;
    const before = process.cpuUsage();
    const mostHeap = process.memoryUsage().heapUsed + mostGrowth;
    withoutStacks(() => {
        for (let index = 0; index < count; index += 1) {
            tryNext(target, index, tally);
            if (index % 50_000 === 0) {
                expect(process.memoryUsage().heapUsed).toBeLessThan(mostHeap);
            }
        }
    });
    const used = process.cpuUsage(before);
    const seconds = (used.user + used.system) / million;
    console.log(
        `${target.line}: ${tally.accepted} accepted, ` +
            `${tally.refused} refused, ${seconds.toFixed(1)} s of CPU`,
    );
    expect(tally.accepted + tally.refused).toBe(count);
    expect(tally.accepted / count).toBeGreaterThan(0.02);
    expect(tally.refused / count).toBeGreaterThan(0.02);
}

/** Half of the time would go into stacks of errors that nobody reads. */
function withoutStacks(action: () => void): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
        action();
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
    }
}

function tryNext<T>(target: Target<T>, index: number, tally: Tally): void {
    const bytes = target.next();
    try {
        tryOne(target, bytes, tally);
    } catch (error) {
        const shown = JSON.stringify(bytes.toString('latin1'));
        const what = error instanceof Error ? error.message : String(error);
        throw new Error(
            `${target.line}, input ${index}: ${what}\n${shown.slice(0, 3000)}`,
            { cause: error },
        );
    }
}

function tryOne<T>(
    { parse, check }: Target<T>,
    bytes: Buffer,
    tally: Tally,
): void {
    const began = performance.now();
    const result = parse(bytes);
    if (performance.now() - began > slow) {
        expectFast(() => parse(bytes));
    }
    if (result.ok) {
        tally.accepted += 1;
        check(result.value, bytes);
    } else {
        tally.refused += 1;
        expectShowable(result.error);
    }
}

/** It may have been the machine that was slow, or other programs on it. */
function expectFast(action: () => void): void {
    const times = [1, 2, 3].map(() => {
        const before = process.cpuUsage();
        action();
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(slow);
}

/** What is wrong is said in a few hundred characters that harm no terminal. */
function expectShowable(message: string): void {
    if (!/^[ -~]{1,700}$/.test(message)) {
        throw new Error(`an odd message: ${JSON.stringify(message)}`);
    }
}
