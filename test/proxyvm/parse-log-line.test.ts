import { describe, expect, test } from 'vitest';
import { parseLogLine } from '../../proxyvm/core/recorder/parse-log-line.ts';
import { logLines } from './log-lines.ts';

const { connect, request, refused, refusedUrl, established } = logLines;

/** What a line says of the request on descriptor 5. */
function named(text: string) {
    const event = parseLogLine(request(5, text));
    return event?.kind === 'request' ? event.target : null;
}

describe('a line of the log', () => {
    test('says which connection has a descriptor', () => {
        const event = { kind: 'connection', fd: 5 };
        expect(parseLogLine(connect(5))).toEqual(event);
    });

    test('says which host the filter refused', () => {
        const event = { kind: 'refused', host: 'blocked.test', port: null };
        expect(parseLogLine(refused('Blocked.TEST'))).toEqual(event);
    });

    test('says so with its port where the filter matches targets', () => {
        const event = { kind: 'refused', host: 'blocked.test', port: 8443 };
        expect(parseLogLine(refusedUrl('blocked.test:8443'))).toEqual(event);
        const url = refusedUrl('http://blocked.test/p?q');
        expect(parseLogLine(url)).toEqual({ ...event, port: 80 });
    });

    test('says which host was reached, or was not', () => {
        const event = { kind: 'passed', host: 'a.test', port: null };
        expect(parseLogLine(established('a.test', 6))).toEqual(event);
        for (const line of [logLines.unknown, logLines.unreached]) {
            const failed = { ...event, port: 8443 };
            expect(parseLogLine(line('a.test', 8443))).toEqual(failed);
            const address = { ...failed, host: 'fd00::1' };
            expect(parseLogLine(line('fd00::1', 8443))).toEqual(address);
        }
    });

    test.each([0, 65_536])('has no port %d', (port) => {
        const event = { kind: 'passed', host: 'a.test', port: null };
        expect(parseLogLine(logLines.unknown('a.test', port))).toEqual(event);
        const url = refusedUrl(`a.test:${port}`);
        expect(parseLogLine(url)).toEqual({ ...event, kind: 'refused' });
    });

    test('says that a request went to a next proxy', () => {
        for (const line of [logLines.upstream(6), logLines.socks(6)]) {
            expect(parseLogLine(line)).toEqual({ kind: 'forwarded' });
        }
    });

    test.each([
        ['another level', refused('a.test').replace('NOTICE', 'INFO  ')],
        ['a blank before it', ` ${refused('a.test')}`],
        ['a carriage return before it', `\r${refused('a.test')}`],
        ['the line of a tunnel that was closed', 'CONNECT   Closed'],
        ['nothing', ''],
    ])('says nothing with %s', (_, line) => {
        expect(parseLogLine(line)).toBeNull();
    });
});

describe('the request of a line', () => {
    test.each([
        ['CONNECT a.test:443 HTTP/1.1', 'a.test', 443],
        ['CONNECT a.test HTTP/1.1', 'a.test', 443],
        ['CONNECT A.Test:8443 HTTP/1.0', 'a.test', 8443],
        ['CONNECT [fd00::1]:443 HTTP/1.1', 'fd00::1', 443],
        ['CONNECT fd00::1:443 HTTP/1.1', 'fd00::1', 443],
        ['CONNECT a.test:443/x HTTP/1.1', 'a.test', 443],
        ['GET http://a.test/p?q=secret HTTP/1.1', 'a.test', 80],
        ['GET HTTP://a.test:8080 HTTP/1.1', 'a.test', 8080],
        ['GET http://user:pw@a.test/ HTTP/1.1', 'a.test', 80],
        ['GET http://a.test/', 'a.test', 80],
        ['POST http://[fd00::1]/ HTTP/1.1', 'fd00::1', 80],
        ['CONNECT http://a.test:22/ HTTP/1.1', 'a.test', 22],
    ])('"%s" names %s, %d', (text, host, port) => {
        expect(named(text)).toMatchObject({ host, port });
    });

    test.each([
        'GET /p HTTP/1.1',
        'GET https://a.test/ HTTP/1.1',
        'connect a.test:443 HTTP/1.1',
        'CONNECT a.test?x:443 HTTP/1.1',
        'GET http://a.test\x1b[31m/ HTTP/1.1',
        'GET http://a\r.test/ HTTP/1.1',
        'GET http://\xc3\xa4.test/ HTTP/1.1',
        'GET http:// HTTP/1.1',
        `GET http://${'a'.repeat(254)}/ HTTP/1.1`,
        'CONNECT',
        '',
    ])('%j names no host', (text) => {
        expect(named(text)?.host).toBeNull();
    });

    test('has no host whose end is lost with the end of the line', () => {
        const cut = (text: string) =>
            parseLogLine(request(5, text).slice(0, 798));
        const start = request(5, 'GET http://').length;
        const user = 'u'.repeat(798 - start - '@a.test'.length);
        const target = { host: null };
        const long = cut(`GET http://${user}@a.test.example/ HTTP/1.1`);
        expect(long).toMatchObject({ target });
        const path = cut(`GET http://a.test/${user} HTTP/1.1`);
        expect(path).toMatchObject({ target: { host: 'a.test', port: 80 } });
    });
});
