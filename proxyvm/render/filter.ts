// The lines of a proxy's filter file.
import { oddNameLines } from '../../shared/pattern/index.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';

/**
 * Whether CONNECT alone passes. tinyproxy has no such switch, but with
 * FilterURLs it matches what a request names: `HOST:PORT` is that of a CONNECT
 * and of nothing else, since all others begin with a scheme (src/reqs.c,
 * process_request).
 */
export function isConnectOnly({ httpPorts }: Filter): boolean {
    return httpPorts.length === 0;
}

export function renderFilter(filter: Filter): string {
    const render = isConnectOnly(filter) ? withPort : (line: string) => line;
    return linesOf(filter)
        .map((line) => `${render(line)}\n`)
        .join('');
}

/** Before a block list stands what no document can leave out. */
function linesOf({ default: byDefault, lines }: Filter): readonly string[] {
    return byDefault === 'deny' ? lines : [...oddNameLines, ...lines];
}

const [start, end, port] = ['\\`', "\\'", ':[0-9]+'] as const;

/** Which port is for ConnectPort to say. IPv6 addresses are named in brackets. */
function withPort(line: string): string {
    const host = line.slice(start.length, -end.length);
    const isAddress = host.includes(':');
    const named = isAddress ? `\\[${host}]` : host;
    return `${start}${named}${port}${end}`;
}
