// What `allow --expire` takes: qvm-firewall's +SECONDS and seconds since 1970
// (qubes-core-admin-client qubesadmin/tools/qvm_firewall.py), 2h and the like,
// and a local date.
import { toPrintable } from '../../shared/printable.ts';
import type { Moment } from '../core/moment.ts';
import { Failure } from '../failure.ts';
import { localTime } from './format/local-time.ts';
import { UsageError } from './usage-error.ts';

const units: Readonly<Record<string, number>> = {
    s: 1,
    m: 60,
    h: 60 * 60,
    d: 24 * 60 * 60,
    w: 7 * 24 * 60 * 60,
};

/** A year ahead, in seconds: what is to hold for longer has no end. */
const longest = 366 * 24 * 60 * 60;

/** Below are no times since 1970 that anybody means: 2001. */
const leastUnix = 1_000_000_000;

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
            'nothing was changed: it cannot be read which times have ' +
                'passed, so no rule with one is in force; ' +
                'see: qvm-filterproxy show',
        );
    }
    if (expire <= passed) {
        const then = localTime(new Date(passed * 1000).toISOString());
        throw new Failure(
            `nothing was changed: that is not after ${then}, which has ` +
                'passed already, and what has expired never comes back; ' +
                "dom0's clock seems to be set back, see: date",
        );
    }
}

function timeOf(untrusted_text: string, nowMs: number): number {
    const [, plus, digits, unit] =
        /^(\+?)([0-9]{1,12})([smhdw]?)$/.exec(untrusted_text) ?? [];
    if (digits === undefined) {
        return dateOf(untrusted_text);
    }
    if (plus === '' && unit === '') {
        return unixTime(digits);
    }
    return Math.ceil(nowMs / 1000) + Number(digits) * (units[unit || 's'] ?? 1);
}

function unixTime(digits: string): number {
    if (Number(digits) < leastUnix) {
        throw new UsageError(
            `--expire ${digits} would be seconds since 1970; for so many ` +
                `seconds from now: --expire +${digits}`,
        );
    }
    return Number(digits);
}

/** 2026-12-24, or 2026-12-24T18:00, as the user's clock has it. */
function dateOf(untrusted_text: string): number {
    const [matched, ...parts] =
        /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2}))?$/.exec(
            untrusted_text,
        ) ?? [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.map(
        (part) => Number(part ?? 0),
    );
    const date = new Date(year, month - 1, day, hour, minute);
    const isDate =
        date.getMonth() === month - 1 &&
        date.getDate() === day &&
        date.getHours() === hour &&
        date.getMinutes() === minute;
    if (matched === undefined || !isDate) {
        throw new UsageError(
            `--expire '${toPrintable(untrusted_text, 40)}' is no time; ` +
                'write 30m, 2h, 1d, +SECONDS, a date as 2026-12-24 or ' +
                '2026-12-24T18:00, or seconds since 1970',
        );
    }
    return date.getTime() / 1000;
}
