/** Time, as far as the daemon waits for it. */
export interface Clock {
    readonly now: () => Date;
    /** Does something later, unless it is called off before. */
    after(milliseconds: number, action: () => void): CallOff;
}

export type CallOff = () => void;

export const systemClock: Clock = {
    now: () => new Date(),
    after(milliseconds, action) {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
    },
};

const firstWaitMs = 1000;
const longestWaitMs = 5 * 60 * 1000;

/** How long to wait after so many failures, milliseconds: ever longer. */
export function waitAfter(failures: number): number {
    return Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
}

/** An action that is done when it was not asked for during that time. */
export function onceQuiet(
    clock: Clock,
    milliseconds: number,
    action: () => void,
): () => void {
    let callOff: CallOff | null = null;
    return () => {
        callOff?.();
        callOff = clock.after(milliseconds, action);
    };
}

/** Does something again and again, with another pause each time. */
export function repeat(
    clock: Clock,
    pauseMs: () => number,
    action: () => void,
): void {
    clock.after(pauseMs(), () => {
        action();
        repeat(clock, pauseMs, action);
    });
}
