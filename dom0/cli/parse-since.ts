// What `blocked --since` takes: the same as `allow --expire`, back from now,
// and `today`.
import { toPrintable } from '../../shared/printable.ts';
import { leastUnix, readTypedTime } from './typed-time.ts';
import { UsageError } from './usage-error.ts';

/** Null if no time was given. */
export function parseSince(
    untrusted_text: string | null,
    now: Date,
): Date | null {
    if (untrusted_text === null) {
        return null;
    }
    const since = timeOf(untrusted_text, now);
    if (!(since <= now)) {
        throw new UsageError(
            `--since ${toPrintable(untrusted_text, 40)} is still to come`,
        );
    }
    return since;
}

function timeOf(untrusted_text: string, now: Date): Date {
    if (untrusted_text === 'today') {
        return new Date(now.getFullYear(), now.getMonth(), now.getDate());
    }
    const typed = readTypedTime(untrusted_text);
    if (typed === null) {
        throw new UsageError(
            `--since '${toPrintable(untrusted_text, 40)}' is no time; ` +
                'write today, 30m, 2h, 1d, a date as 2026-12-24 or ' +
                '2026-12-24T18:00, or seconds since 1970',
        );
    }
    if (typed.kind === 'duration') {
        const since = now.getTime() - typed.seconds * 1000;
        // Before 1970 nobody asked for anything either.
        return new Date(Math.max(0, since));
    }
    if (/^[0-9]+$/.test(untrusted_text) && typed.time < leastUnix) {
        throw new UsageError(
            `--since ${untrusted_text} would be seconds since 1970; for the ` +
                `last ${untrusted_text} seconds: --since ${untrusted_text}s`,
        );
    }
    return new Date(typed.time * 1000);
}
