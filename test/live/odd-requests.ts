// Requests to a proxy whose filter is the host allowed.test, by what becomes
// of them. Whoever reads a host out of them in another way than tinyproxy
// finds blocked.test, another port, or an address in many of them.
import { connect, end, get, post } from './request-text.ts';

/** 403 as well: it lets nobody tunnel to that port. */
export const refusedPort: readonly string[] = [
    connect('allowed.test:22'),
    connect('allowed.test:022'),
    connect('allowed.test:80'),
];

/** 500: the firewall rejects what the proxy sends, and nothing arrives. */
export const unreachable: readonly string[] = [
    get('http://allowed.test:22/'),
    connect('http://allowed.test:22/'),
    get('/', 'Host: allowed.test:22'),
];

/** 200 from port 80 of allowed.test. */
export const served: readonly string[] = [
    get('http://allowed.test/'),
    get('http://ALLOWED.TEST/'),
    get('HTTP://allowed.test/'),
    get('http://[allowed.test]/'),
    get('http://x:y@allowed.test/'),
    get('http://@allowed.test/'),
    get('http://blocked.test#@allowed.test/'),
    get('http://blocked.test?@allowed.test/'),
    get('http://blocked.test\\@allowed.test/'),
    get('http://allowed.test/@blocked.test/'),
    get('http://allowed.test/http://blocked.test/'),
    get('http://allowed.test/', 'Connection: Host', 'Host: blocked.test'),
    get('http://allowed.test/', 'X-Forwarded-Host: blocked.test'),
    get('http://allowed.test/', 'Upgrade: h2c'),
    `GET  http://allowed.test/ HTTP/1.1${end}`,
    `\r\nGET http://allowed.test/ HTTP/1.1${end}`,
    'GET http://allowed.test/ HTTP/1.1\nHost: blocked.test\n\n',
    get('http://allowed.test/', 'Host: blocked.test'),
    get('http://allowed.test/', 'Host: tinyproxy.stats'),
    // Ports that are none.
    get('http://allowed.test:/'),
    get('http://allowed.test:0/'),
    get('http://allowed.test:abc/'),
    get(`http://allowed.test:${2 ** 16 + 80}/`),
    get(`http://allowed.test:${2 ** 32 + 80}/`),
    // The header's host, whatever the target says.
    get('/', 'Host: allowed.test'),
    get('/', 'Host: allowed.test', 'Host: blocked.test'),
    get('/', 'Host: allowed.test\0.blocked.test'),
    get('https://blocked.test/', 'Host: allowed.test'),
    get('ftp://blocked.test/', 'Host: allowed.test'),
    get('gopher://blocked.test/', 'Host: allowed.test'),
    get('//blocked.test/', 'Host: allowed.test'),
    `OPTIONS * HTTP/1.1\r\nHost: allowed.test\r\nConnection: close${end}`,
    // A second request on the same connection.
    `GET http://allowed.test/ HTTP/1.1${end}${get('http://blocked.test/')}`,
    `GET http://allowed.test/ HTTP/1.1${end}${get('/', 'Host: blocked.test')}`,
    `GET http://allowed.test/ HTTP/1.1${end}${connect('blocked.test:443')}`,
];

/** 200 to CONNECT, and a tunnel to port 443 of allowed.test. */
export const tunnelled: readonly string[] = [
    connect('allowed.test:443'),
    connect('allowed.test'),
    connect('x@allowed.test:443'),
    connect('blocked.test:443@allowed.test:443'),
    // Ports that are none.
    connect('allowed.test:'),
    connect('allowed.test:0'),
    connect('allowed.test:443ab'),
    connect(`allowed.test:${2 ** 16 + 443}`),
    connect(`allowed.test:${2 ** 32 + 443}`),
    connect(`allowed.test:${443 - 2 ** 16}`),
];

/**
 * Sent on to port 80 of allowed.test as well; the origin finds no request in
 * it, or answers without a status line (HTTP/0.9).
 */
export const sentOn: readonly string[] = [
    `connect blocked.test:443 HTTP/1.1\r\nHost: allowed.test${end}`,
    get('http://allowed.test/', 'Host : blocked.test'),
    connect('http://allowed.test/'),
    `GET http://allowed.test/${end}`,
    get('http://allowed.test\0.blocked.test/'),
];

const smuggled = get('/smuggled', 'Host: blocked.test');

/**
 * Answered by one tinyproxy in this way and by another in that: with an error
 * of its own or of the origin, or as a port that is none. What arrives does so
 * at ports 80 and 443 of allowed.test.
 */
export const contained: readonly string[] = [
    // A request line of odd parts.
    `get http://allowed.test/ HTTP/1.1${end}`,
    `CoNnEcT allowed.test:443 HTTP/1.1${end}`,
    `GET\thttp://blocked.test/\tHTTP/1.1${end}`,
    `GET\rhttp://blocked.test/ HTTP/1.1${end}`,
    ` GET http://blocked.test/ HTTP/1.1${end}`,
    `GET http://allowed.test/\t HTTP/1.1${end}`,
    `GET http:// allowed.test/ HTTP/1.1${end}`,
    `GET http://allowed.test/ http://blocked.test/ HTTP/1.1${end}`,
    `GET http://blocked.test/ http://allowed.test/ HTTP/1.1${end}`,
    `GET http://allowed.test/\rGET http://blocked.test/ HTTP/1.1${end}`,
    `GET http://blocked.test/\rGET http://allowed.test/ HTTP/1.1${end}`,
    `GET http://allowed.test/ HTTP/1.1\rHost: blocked.test${end}`,
    `GET${end}`,
    `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${end}`,
    connect(''),
    // A target of odd parts.
    get('http:/blocked.test/', 'Host: allowed.test'),
    get('http:\\\\blocked.test/', 'Host: allowed.test'),
    get('blocked.test', 'Host: allowed.test'),
    get('blocked.test:80', 'Host: allowed.test'),
    get('/', 'Host : blocked.test', 'Host: allowed.test'),
    get(`http://${'a'.repeat(140_000)}.allowed.test/`),
    // Ports that one takes for none, another for a number.
    ...['65979', '65558', '-65093', '0443', ' 22', '+22', '0x16', '0'].flatMap(
        (port) => [
            get(`http://allowed.test:${port}/`),
            get('/', `Host: allowed.test:${port}`),
            connect(`allowed.test:${port}`),
        ],
    ),
    connect('allowed.test:443/'),
    connect('allowed.test/:443'),
    connect('http://allowed.test:443'),
    // Where one request ends and the next begins.
    post(
        `0${end}${smuggled}`,
        'Content-Length: 4',
        'Transfer-Encoding: chunked',
    ),
    post(
        `0${end}${smuggled}`,
        `Content-Length: ${5 + smuggled.length}`,
        'Transfer-Encoding: chunked',
    ),
    post(`0${end}${smuggled}`, 'Transfer-Encoding: Chunked'),
    post(`0${end}${smuggled}`, 'Transfer-Encoding : chunked'),
    post(
        `0${end}${smuggled}`,
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: identity',
    ),
    post(smuggled, 'Content-Length: 0', `Content-Length: ${smuggled.length}`),
    post(smuggled, 'Content-Length: -1'),
];

/** 22 to who counts in 16 bits, as tinyproxy does before 1.11.3. */
const wrapped = 2 ** 16 + 22;
export const wrappedPort = {
    get: get(`http://allowed.test:${wrapped}/`),
    connect: connect(`allowed.test:${wrapped}`),
} as const;
