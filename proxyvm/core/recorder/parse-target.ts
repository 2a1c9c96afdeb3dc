// What a request names, as tinyproxy reads it (extract_url in src/reqs.c), as
// far as it is a host that can be shown.
import type { RecordedEntry } from './recorded.ts';

/** Null for a part that cannot be told. */
export interface NamedTarget extends Pick<RecordedEntry, 'port'> {
    readonly host: string | null;
    /** Of a CONNECT, whose ports are bounded. */
    readonly isConnect: boolean;
}

const nothing: NamedTarget = { host: null, port: null, isConnect: false };

/**
 * Reads a request line; `isCut` says that its end is lost. In one without a
 * host in it, that is in a header, which the log does not have.
 */
export function parseTarget(
    untrusted_line: string,
    isCut: boolean,
): NamedTarget {
    const [, method, untrusted_target = '', after] =
        /^([A-Za-z]{1,32}) ([^ ]+)( |$)/.exec(untrusted_line) ?? [];
    const isUrl = /^http:\/\//i.test(untrusted_target);
    const isConnect = method === 'CONNECT' && !isUrl;
    if (method === undefined || !(isUrl || isConnect)) {
        return nothing;
    }
    const untrusted_rest = untrusted_target.slice(isUrl ? 7 : 0);
    const slash = untrusted_rest.indexOf('/');
    const isWhole = after === ' ' || slash >= 0 || (isUrl && !isCut);
    if (!isWhole) {
        return nothing;
    }
    const untrusted_authority =
        slash < 0 ? untrusted_rest : untrusted_rest.slice(0, slash);
    const named = parseAuthority(untrusted_authority, isUrl ? 80 : 443);
    return { ...named, isConnect };
}

/** A name and a password end at the first `@`, a port begins at the last `:`. */
function parseAuthority(
    untrusted_text: string,
    usual: number,
): Pick<NamedTarget, 'host' | 'port'> {
    const untrusted_place = untrusted_text.slice(
        untrusted_text.indexOf('@') + 1,
    );
    const colon = untrusted_place.lastIndexOf(':');
    if (colon < 0 || untrusted_place.includes(']', colon)) {
        return { host: parseHost(unbracketed(untrusted_place)), port: usual };
    }
    const host = parseHost(unbracketed(untrusted_place.slice(0, colon)));
    const untrusted_port = untrusted_place.slice(colon + 1);
    return { host, port: untrusted_port ? parsePort(untrusted_port) : usual };
}

function unbracketed(untrusted_text: string): string {
    return /^\[([^\]]*)\]$/.exec(untrusted_text)?.[1] ?? untrusted_text;
}

/** Null also for others that tinyproxy may make another port of. */
export function parsePort(untrusted_text: string): number | null {
    const port = /^[0-9]{1,5}$/.test(untrusted_text)
        ? Number(untrusted_text)
        : 0;
    return port >= 1 && port <= 65_535 ? port : null;
}

/** In lower case; null if it is none that can be shown. */
export function parseHost(untrusted_text: string): string | null {
    return /^[A-Za-z0-9._:-]{1,253}$/.test(untrusted_text)
        ? untrusted_text.toLowerCase()
        : null;
}
