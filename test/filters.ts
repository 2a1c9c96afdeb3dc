// Filters for tests, complete as the protocol wants them.
import type { ConfinedLine } from '../shared/pattern/index.ts';
import type { Filter } from '../shared/protocol/desired-state.ts';

/** Lets through what these lines match, on the usual ports. */
export function filterOfLines(
    lines: readonly string[],
    change: Partial<Filter> = {},
): Filter {
    return {
        default: 'deny',
        lines: lines as ConfinedLine[],
        rules: lines.length,
        connectPorts: [443],
        httpPorts: [80],
        upstreams: [],
        privateDestinations: [],
        timeoutSeconds: 600,
        maxClients: 512,
        record: 'refused',
        ...change,
    };
}

/** The line that matches this host only. */
export function lineOfHost(host: string): ConfinedLine {
    return `\\\`${host.replaceAll('.', '\\.')}\\'` as ConfinedLine;
}

/** Lets exactly these hosts through. */
export function filterOfHosts(
    hosts: readonly string[],
    change: Partial<Filter> = {},
): Filter {
    return filterOfLines(hosts.map(lineOfHost), change);
}
