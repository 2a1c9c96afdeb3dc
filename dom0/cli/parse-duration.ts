// What `learn --for` takes: 30m, 2h, 1d, 90s.
import { toPrintable } from '../../shared/printable.ts';
import { longestLearning, shortestLearning } from '../core/learning.ts';
import { UsageError } from './usage-error.ts';

const units: Readonly<Record<string, number>> = {
    s: 1,
    m: 60,
    h: 60 * 60,
    d: 24 * 60 * 60,
};

/** In seconds, from a minute to a day. */
export function parseDuration(untrusted_text: string): number {
    const [, digits, unit = ''] =
        /^([0-9]{1,6})([smhd])$/.exec(untrusted_text) ?? [];
    const seconds = Number(digits) * (units[unit] ?? Number.NaN);
    const isFit = seconds >= shortestLearning && seconds <= longestLearning;
    if (!isFit) {
        throw new UsageError(
            `--for '${toPrintable(untrusted_text, 40)}' is no time from 1m ` +
                'to 1d; write 30m, 2h, 1d or 90s',
        );
    }
    return seconds;
}
