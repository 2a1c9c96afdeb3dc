// A line of tinyproxy's log at LogLevel Connect. Hosts and requests stand in it
// as the client sent them: any byte but NUL and, at the start of a line, any
// but a blank (src/log.c, src/reqs.c of tinyproxy 1.11). So lines are split at
// line feeds only, and what has not exactly the form of a line is none.
import {
    type NamedTarget,
    parseHost,
    parsePort,
    parseTarget,
} from './parse-target.ts';

/** What a line says; the host is null where it cannot be shown. */
export type LogEvent =
    /** A connection has this descriptor now: whoever had it has ended. */
    | { readonly kind: 'connection'; readonly fd: number }
    | {
          readonly kind: 'request';
          readonly fd: number;
          readonly target: NamedTarget;
      }
    /** The filter refused it. */
    | {
          readonly kind: 'refused';
          readonly host: string | null;
          readonly port: number | null;
      }
    /** The filter let it through, and there it was connected to, or not. */
    | {
          readonly kind: 'passed';
          readonly host: string | null;
          readonly port: number | null;
      }
    /** It let one through to a next proxy: the line does not say which. */
    | { readonly kind: 'forwarded' };

const head =
    /^(CONNECT {3}|NOTICE {4}|ERROR {5})[A-Z][a-z]{2} [0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3} \[[1-9][0-9]{0,9}\]: /;

/** A longer line loses its end (STRING_LENGTH in src/log.c). */
const mostCharacters = 798;

/** Null for a line that says nothing about a request, or is none. */
export function parseLogLine(untrusted_line: string): LogEvent | null {
    const found = head.exec(untrusted_line);
    if (found === null) {
        return null;
    }
    const [start, level] = found;
    const untrusted_text = untrusted_line.slice(start.length);
    const isCut = untrusted_line.length >= mostCharacters;
    switch (level?.trimEnd()) {
        case 'CONNECT':
            return connectEvent(untrusted_text, isCut);
        case 'NOTICE':
            return refusedEvent(untrusted_text, isCut);
        default:
            return failedEvent(untrusted_text);
    }
}

const onDescriptor =
    /^(Connect|Request) \(file descriptor ([0-9]{1,5})\): (.*)$/s;
const established =
    /^Established connection to host "(.*)" using file descriptor [0-9]{1,5}\.$/s;
const toNextProxy =
    /^Established connection to [a-z0-9]{1,10} proxy "[^"]*" using file descriptor [0-9]{1,5}\.$/;

function connectEvent(untrusted_text: string, isCut: boolean): LogEvent | null {
    const [, what, fd, untrusted_rest = ''] =
        onDescriptor.exec(untrusted_text) ?? [];
    if (what === 'Connect') {
        return { kind: 'connection', fd: Number(fd) };
    }
    if (what === 'Request') {
        const target = parseTarget(untrusted_rest, isCut);
        return { kind: 'request', fd: Number(fd), target };
    }
    if (toNextProxy.test(untrusted_text)) {
        return { kind: 'forwarded' };
    }
    const host = established.exec(untrusted_text)?.[1];
    if (host !== undefined) {
        return { kind: 'passed', host: parseHost(host), port: null };
    }
    // Its end is lost, or it has a line end in it.
    return untrusted_text.startsWith('Established connection to host "')
        ? { kind: 'passed', host: null, port: null }
        : null;
}

const filtered = /^Proxying refused on filtered (domain|url) "(.*?)("?)$/s;

function refusedEvent(untrusted_text: string, isCut: boolean): LogEvent | null {
    const [, what, untrusted_name = '', end] =
        filtered.exec(untrusted_text) ?? [];
    if (what === undefined) {
        return null;
    }
    if (what === 'url') {
        // What CONNECT names, or a URL.
        const line = `CONNECT ${untrusted_name}${isCut ? '' : ' '}`;
        const { host, port } = parseTarget(line, isCut);
        return { kind: 'refused', host, port };
    }
    const host = end === '"' ? parseHost(untrusted_name) : null;
    return { kind: 'refused', host, port: null };
}

const notReached =
    /^opensock: Could not (?:retrieve address info for|establish a connection to) (.*):([0-9]{1,5})(?:: [^:]*)?$/s;

function failedEvent(untrusted_text: string): LogEvent | null {
    const [, untrusted_host = '', untrusted_port] =
        notReached.exec(untrusted_text) ?? [];
    return untrusted_port === undefined
        ? null
        : {
              kind: 'passed',
              host: parseHost(untrusted_host),
              port: parsePort(untrusted_port),
          };
}
