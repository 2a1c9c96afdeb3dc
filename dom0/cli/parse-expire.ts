// What `allow --expire` takes.
import { toPrintable } from '../../shared/printable.ts';
import type { Moment } from '../core/moment.ts';
import { Failure } from '../failure.ts';
import { mendPassed } from '../read-moment.ts';
import { clockBackTodo } from './format/clock-back.ts';
import { localTime } from './format/local-time.ts';
import { nothingChanged } from './output.ts';
import { leastUnix, readTypedTime } from './typed-time.ts';
import { UsageError } from './usage-error.ts';

/** A year ahead, in seconds: what is to hold for longer has no end. */
const longest = 366 * 24 * 60 * 60;

/** In seconds since 1970. */
export function parseExpire(untrusted_text: string, moment: Moment): number {
    const expire = timeOf(untrusted_text, moment.nowMs);
    const left = expire - moment.nowMs / 1000;
    const shown = `--expire ${toPrintable(untrusted_text, 40)}`;
    if (left <= 0) {
        throw new UsageError(`${shown} is over already`);
    }
    if (left > longest) {
        throw new UsageError(
            `${shown} is more than a year ahead; without --expire the rule ` +
                'holds until "qvm-filterproxy remove"',
        );
    }
    expectNotPassed(expire, moment);
    return expire;
}

/** A clock that was set back would bring no rule into force. */
function expectNotPassed(expire: number, { passed }: Moment): void {
    if (passed === null) {
        throw new Failure(
            nothingChanged(
                'it cannot be read which times have passed, so no rule with ' +
                    'one is in force',
                [mendPassed],
            ),
        );
    }
    if (expire <= passed) {
        const then = localTime(new Date(passed * 1000).toISOString());
        throw new Failure(
            nothingChanged(
                `that is not after ${then}, which has passed already, and ` +
                    "what has expired never comes back; dom0's clock seems " +
                    'to be set back',
                clockBackTodo,
            ),
        );
    }
}

function timeOf(untrusted_text: string, nowMs: number): number {
    const typed = readTypedTime(untrusted_text);
    if (typed === null) {
        throw new UsageError(
            `--expire '${toPrintable(untrusted_text, 40)}' is no time; ` +
                'write 30m, 2h, 1d, +SECONDS, a date as 2026-12-24 or ' +
                '2026-12-24T18:00, or seconds since 1970',
        );
    }
    if (typed.kind === 'duration') {
        // Never for longer than was typed, if only by a part of a second.
        return Math.floor(nowMs / 1000) + typed.seconds;
    }
    if (/^[0-9]+$/.test(untrusted_text) && typed.time < leastUnix) {
        throw new UsageError(
            `--expire ${untrusted_text} would be seconds since 1970; for so ` +
                `many seconds from now: --expire +${untrusted_text}`,
        );
    }
    return typed.time;
}
