// The hosts that `blocked` prints, a row each.
import type { BlockedHost } from '../blocked-hosts.ts';
import { hostAndPort } from './host-and-port.ts';
import { localTime } from './local-time.ts';

/** Columns that a terminal has at least. */
const width = 80;
const indent = '    ';

/** Nothing for none. */
export function formatTable(hosts: readonly BlockedHost[]): string[] {
    if (hosts.length === 0) {
        return [];
    }
    const most = hosts.reduce((max, { count }) => Math.max(max, count), 0);
    const digits = Math.max('COUNT'.length, String(most).length);
    const row = (cells: readonly [string, string, string, string]) => {
        const [count, first, last, host] = cells;
        return [
            count.padStart(digits),
            first.padEnd(timeLength),
            last.padEnd(timeLength),
            host,
        ].join('  ');
    };
    return [
        row(['COUNT', 'FIRST', 'LAST', 'HOST']),
        ...hosts.flatMap((host) => {
            const times = [host.first, host.last].map(shownTime);
            const [first = '', last = ''] = times;
            const line = row([
                String(host.count),
                first,
                last,
                hostAndPort(host),
            ]);
            return withNote(line, noteOn(host), digits + 2 * timeLength + 6);
        }),
    ];
}

const timeLength = '2026-11-24 12:00'.length;

export function shownTime(time: Date): string {
    return localTime(time.toISOString());
}

/** Behind it, or below if that would be too long. */
function withNote(line: string, note: string | null, column: number): string[] {
    if (note === null) {
        return [line];
    }
    const whole = `${line}  ${note}`;
    return indent.length + whole.length <= width
        ? [whole]
        : [line, ' '.repeat(column) + note];
}

/** What there is to say of one; null: no rule allows it. */
export function noteOn({
    remedy,
    reason,
}: Pick<BlockedHost, 'remedy' | 'reason'>): string | null {
    switch (remedy.kind) {
        case 'none-needed':
            return 'allowed now';
        case 'port':
            return 'port not open';
        case 'address':
            return 'address not open';
        case 'none':
            return reason === 'filter' ? 'no rule can name it' : reason;
        case 'rule':
        case 'block-list':
        case 'unknown':
            return null;
    }
}
