// What a next proxy might read otherwise than the proxy before it.
// `gone.invalid` resolves nowhere, so what leads there it refuses.
import type { Sent } from './many-requests.ts';
import { connect, end, get, post } from './request-text.ts';

const blocked = get('http://blocked.test/second', 'Host: blocked.test');
const tunnel = `CONNECT blocked.test:443 HTTP/1.1\r\nHost: blocked.test${end}`;

/** First requests on a connection: plain ones, tunnels, and refused ones. */
const firstRequests = [
    'GET http://allowed.test/ HTTP/1.1',
    'HEAD http://allowed.test/ HTTP/1.0',
    'GET http://gone.invalid/ HTTP/1.1',
    'CONNECT allowed.test:443 HTTP/1.1',
    'CONNECT gone.invalid:443 HTTP/1.1',
    'CONNECT gone.invalid:443 HTTP/1.0',
];

/** Ways to ask that the connection goes on, or to seem to end a request. */
const headers = [
    'X: y',
    'Connection: keep-alive',
    'Proxy-Connection: keep-alive',
    'Connection: keep-alive, close',
    'Connection: Connection',
    'Connection: close, Connection\r\nConnection: keep-alive',
    'Keep-Alive: 300',
    'Connection : keep-alive',
    'X: y\r\n Connection: keep-alive',
    'X: y\rConnection: keep-alive',
    'X: y\r\r\nConnection: keep-alive',
    'X: y\r\r\n\r\r\nConnection: keep-alive',
    'X: y\n\rConnection: keep-alive',
    'Upgrade: websocket\r\nConnection: upgrade',
    'Expect: 100-continue',
    'Content-Length: 0',
    'Content-Length: 3',
    'Content-Length: 3\r\nContent-Length: 0',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
];

/** Another request behind the first, at once or after its answer. */
export const secondRequests: readonly Sent[] = [blocked, tunnel].flatMap(
    (second): Sent[] => [
        ...firstRequests.flatMap((first) =>
            headers.flatMap((header): Sent[] => [
                `${first}\r\n${header}${end}${second}`,
                [`${first}\r\n${header}${end}`, second],
            ]),
        ),
        // Where one request ends and the next begins.
        ...[
            ['Content-Length: 0'],
            ['Content-Length: 0', `Content-Length: ${second.length}`],
            ['Transfer-Encoding: chunked'],
            ['Transfer-Encoding: Chunked'],
            ['Transfer-Encoding : chunked'],
            ['Transfer-Encoding:\tchunked'],
            ['Transfer-Encoding: chunked', 'Content-Length: 5'],
            ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
        ].flatMap((lengths) => [
            post(second, ...lengths),
            post(`0${end}${second}`, ...lengths),
        ]),
    ],
);

/** A method, a target or a version that begins another request, or host. */
export const oddLines: readonly string[] = [
    get('http://allowed.test/ HTTP/1.1\r\nHost: blocked.test\r\nX: '),
    get('http://allowed.test/\rGET http://blocked.test/'),
    get('http://allowed.test/\tHTTP/1.1\tGET\thttp://blocked.test/'),
    get('http://allowed.test//@blocked.test/'),
    get('http://allowed.test:80@blocked.test/'),
    get('http://allowed.test:@blocked.test/'),
    get('http://allowed.test:80#@blocked.test/'),
    get('http://allowed.test:80?@blocked.test/'),
    get('http://allowed.test:80\\@blocked.test/'),
    get('http://x@allowed.test:80@blocked.test/'),
    // The header's host, and what follows it as the path.
    ...['@blocked.test/', ':x@blocked.test/', '.blocked.test/'].flatMap(
        (target) => [
            get(target, 'Host: allowed.test'),
            get(target, 'Host: allowed.test:80'),
            `OPTIONS ${target} HTTP/1.1\r\nHost: allowed.test${end}`,
        ],
    ),
    get('allowed.test:443', 'Host: blocked.test'),
    get('allowed.test:443', 'Host: allowed.test'),
    get('ftp://allowed.test/'),
    get('ftp://blocked.test/'),
    get('ftp://allowed.test@blocked.test/'),
    get('ftp://blocked.test/', 'Host: allowed.test'),
    ...['GET', 'CONNECT', 'connect'].flatMap((method) =>
        ['\t', '\r', '\v', '\f', ':'].flatMap((blank) => [
            `${method}${blank}http://blocked.test/ http://allowed.test/ HTTP/1.1${end}`,
            `${method}${blank}blocked.test:443 http://allowed.test/ HTTP/1.1${end}`,
            `${method}${blank}blocked.test:443 allowed.test:443 HTTP/1.1${end}`,
            `${method}${blank}blocked.test:443 allowed.test:443 HTTP/1.1\r\nHost: allowed.test${end}`,
        ]),
    ),
    `TRACE http://allowed.test/ HTTP/1.1\r\nMax-Forwards: 0${end}`,
    `OPTIONS http://blocked.test/ HTTP/1.1\r\nHost: allowed.test${end}`,
    `GET http://allowed.test/ HTTP/1.1 http://blocked.test/ HTTP/1.1${end}`,
    `GET http://allowed.test/ HTTP/1.1\r\n\x0bHost: blocked.test${end}`,
    `GET http://allowed.test/ HTTP/1.1\r\nX: y\rHost: blocked.test${end}`,
    connect('allowed.test:443 HTTP/1.1\r\nHost: blocked.test\r\nX:'),
    connect('allowed.test:443\tblocked.test:443'),
    connect('allowed.test:443\rblocked.test:443'),
    connect('allowed.test:443@blocked.test:443'),
    connect('allowed.test:443/@blocked.test:443'),
    // Pages of a next proxy itself.
    get('http://upstream.test/squid-internal-mgr/info'),
    get('cache_object://allowed.test/info'),
];
