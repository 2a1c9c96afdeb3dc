// The latest time of a rule that was seen to pass, kept in dom0: what has
// expired never comes back, whatever becomes of the clock.
import * as v from 'valibot';
import { decode } from '../../shared/protocol/json.ts';
import { counter } from '../../shared/protocol/schema.ts';
import { ok, type Result } from '../../shared/result.ts';
import { contentsIn } from './contents.ts';
import { endAt, type Moment } from './moment.ts';
import type { RuleFiles } from './rule-files.ts';
import type { SharedFiles } from './shared-files.ts';

/** The place of the file below /etc/qubes/filterproxy. */
export const passedFile = 'expired.json';
export const maxPassedBytes = 1024;

const schema = v.strictObject({ version: v.literal(1), until: counter });

/** Reads the file: seconds since 1970. */
export function parsePassed(
    untrusted_bytes: Uint8Array,
): Result<number, string> {
    const decoded = decode(schema, untrusted_bytes, maxPassedBytes);
    return decoded.ok ? ok(decoded.value.until) : decoded;
}

/** The text of the file. */
export function renderPassed(until: number): string {
    return `${JSON.stringify({ version: 1, until })}\n`;
}

interface Files {
    readonly files: RuleFiles;
    readonly shared: SharedFiles;
}

/** The times of all rules in all files, each once. */
export function expiriesIn(files: Files): number[] {
    const expiries = new Set<number>();
    for (const [, content] of contentsIn(files)) {
        for (const { expire } of content.ok ? content.value.rules : []) {
            if (expire !== null) {
                expiries.add(expire);
            }
        }
    }
    return [...expiries];
}

/** The latest that has passed and is to be noted; null if none is. */
export function newlyPassed(
    expiries: readonly number[],
    { nowMs, ends }: Pick<Moment, 'nowMs' | 'ends'>,
    passed: number,
): number | null {
    const over = expiries.filter(
        (expire) => endAt(expire, { ends }) * 1000 <= nowMs,
    );
    const latest = over.reduce((one, other) => Math.max(one, other), 0);
    return latest > passed ? latest : null;
}

/** The next that is to pass, of a rule, of learning or of a watch; null if none is. */
export function nextExpiry(files: Files, moment: Moment): number | null {
    const { nowMs, learners, watched } = moment;
    const ends = [
        ...expiriesIn(files).map((expire) => endAt(expire, moment)),
        ...[...learners.values(), ...watched].map(({ until }) => until),
    ];
    const ahead = ends.filter((end) => end * 1000 > nowMs);
    return ahead.length === 0
        ? null
        : ahead.reduce((one, other) => Math.min(one, other));
}
