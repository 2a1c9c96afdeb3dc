// What a request asks the proxy for: from what a user types for it.
import { err, ok, type Result } from '../../shared/result.ts';

export interface Target {
    /** The host as tinyproxy matches it: without port and brackets. */
    readonly host: string;
    /** In lower case, e.g. `https`; null without one. */
    readonly scheme: string | null;
    /** The one that is named or that its scheme implies; null without. */
    readonly port: number | null;
    /** Programs send another host than what was typed, namely this one. */
    readonly isRewritten: boolean;
}

/** Reads a URL, a host, or a host with a port; or says what is wrong. */
export function parseTarget(untrusted_text: string): Result<Target, string> {
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(untrusted_text)
        ? parseUrl(untrusted_text)
        : parseHost(untrusted_text);
}

const impliedPorts: Readonly<Record<string, number>> = {
    http: 80,
    https: 443,
    ws: 80,
    wss: 443,
};

/** As browsers and curl read it before they send a request. */
function parseUrl(untrusted_text: string): Result<Target, string> {
    if (!URL.canParse(untrusted_text)) {
        return err('is no URL');
    }
    const { protocol, hostname, port } = new URL(untrusted_text);
    if (hostname === '') {
        return err('has no host');
    }
    const scheme = protocol.slice(0, -1);
    return ok({
        host: withoutBrackets(hostname),
        scheme,
        // tinyproxy takes port 0 for none (src/reqs.c, strip_return_port).
        port: Number(port) || (impliedPorts[scheme] ?? null),
        isRewritten: !untrusted_text.toLowerCase().includes(hostname),
    });
}

function withoutBrackets(hostname: string): string {
    return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** As it is typed, which is what tinyproxy gets if a program sends it so. */
function parseHost(untrusted_text: string): Result<Target, string> {
    const { untrusted_host, untrusted_port } = split(untrusted_text);
    if (untrusted_host === '') {
        return err('has no host');
    }
    if (/[/@]/.test(untrusted_host)) {
        return err('is neither a host nor a URL, which starts with https://');
    }
    if (untrusted_port !== null && !isPort(untrusted_port)) {
        return err('has no valid port');
    }
    const port = untrusted_port === null ? null : Number(untrusted_port);
    const host = inAscii(untrusted_host);
    const isRewritten = host !== untrusted_host;
    return ok({ host, scheme: null, port, isRewritten });
}

/** tinyproxy takes brackets away from a name as well (src/reqs.c). */
function split(untrusted_text: string) {
    const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(untrusted_text);
    // An IPv6 address has more than one colon.
    const withPort = /^([^:]*):([^:]*)$/.exec(untrusted_text);
    const [, untrusted_host = untrusted_text, untrusted_port = null] =
        bracketed ?? withPort ?? [];
    return { untrusted_host, untrusted_port };
}

function isPort(untrusted_text: string): boolean {
    return /^[1-9][0-9]{0,4}$/.test(untrusted_text) && +untrusted_text <= 65535;
}

/** An international name in punycode, as all programs send it. */
function inAscii(untrusted_host: string): string {
    const isAscii = /^\p{ASCII}*$/u.test(untrusted_host);
    const url = `http://${untrusted_host}/`;
    return isAscii || !URL.canParse(url)
        ? untrusted_host
        : new URL(url).hostname;
}
