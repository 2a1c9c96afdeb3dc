import { setTimeout as delay } from 'node:timers/promises';

/** So many milliseconds, or until `signal`. */
export function waited(
    milliseconds: number,
    signal: AbortSignal,
): Promise<void> {
    return delay(milliseconds, undefined, { signal }).catch(
        (error: unknown) => {
            if (!signal.aborted) {
                throw error;
            }
        },
    );
}
