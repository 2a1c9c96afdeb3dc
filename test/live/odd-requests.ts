// Requests to a proxy whose filter is the host allowed.test, by what becomes
// of them. Whoever reads a host out of them in another way than tinyproxy
// finds blocked.test, another port, or an address in many of them.

const end = '\r\n\r\n';

function get(target: string, ...headers: string[]): string {
    const lines = [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close'];
    return lines.join('\r\n') + end;
}

/** A plain request follows in the tunnel. */
function connect(target: string): string {
    return `CONNECT ${target} HTTP/1.1${end}${get('/', 'Host: tunnelled')}`;
}

/** 403, and nothing arrives. */
export const refused: readonly string[] = [
    get('http://blocked.test/'),
    get('http://blocked.test/', 'Host: allowed.test'),
    `GET http://blocked.test/${end}`,
    connect('blocked.test:443'),
    // Ports.
    connect('allowed.test:22'),
    connect('allowed.test:443:x'),
    get('http://allowed.test:80:x/'),
    // Nearly the name.
    get('http://allowed.test./'),
    get('http://.allowed.test/'),
    get('http:///'),
    get('http://allowed%2Etest/'),
    get('http://allowed.test?x/'),
    get('http://allowed.test\\.blocked.test/'),
    get('http://allowed.test\v/'),
    get('http://\xe4.allowed.test/'),
    // The name at its end.
    get('http://blocked.test?x.allowed.test/'),
    get('http://blocked.test#x.allowed.test/'),
    get('http://blocked.test%2fx.allowed.test/'),
    get('http://blocked.test\tx.allowed.test/'),
    get('http://blocked.test\rx.allowed.test/'),
    get('http://blocked.test\\x.allowed.test/'),
    get('http://blocked.test\\.allowed.test/'),
    get('http://blocked.test\0.allowed.test/'),
    // User names.
    get('http://allowed.test@blocked.test/'),
    get('http://allowed.test:80@blocked.test/'),
    get('http://a@b@allowed.test/'),
    connect('allowed.test@blocked.test:443'),
    // Addresses, in all spellings that a resolver takes.
    get('http://93.184.1.1/'),
    get('http://127.1/'),
    get('http://0x7f.1/'),
    get('http://2130706433/'),
    get('http://0/'),
    get('http://localhost/'),
    get('http://[2a00::1]/'),
    connect('[2a00::1]:443'),
    connect('2a00::1:443'),
    // Without a host in the target: that of the headers, or the address at
    // which the proxy was reached.
    get('/', 'Host: blocked.test'),
    get('/', 'Host: blocked.test', 'Host: allowed.test'),
    get('/', 'Host: [allowed.test]'),
    get('/', 'Host: blocked.test\0allowed.test'),
    get('/', 'Host: blocked.test/.allowed.test'),
    get('/', 'Host: blocked.test/ HTTP/1.1\r\n X: .allowed.test'),
    get('/', 'Host: blocked.test\r\n .allowed.test'),
    get('/', 'Host: allowed.test\r\n .blocked.test'),
    get('/', 'Host: allowed.test\n .blocked.test'),
    get('/'),
    `GET / HTTP/1.0${end}`,
    // tinyproxy's page of statistics.
    get('http://tinyproxy.stats/'),
    get('/', 'Host: tinyproxy.stats'),
    connect('tinyproxy.stats:443'),
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
    `OPTIONS * HTTP/1.1\r\nHost: allowed.test\r\nConnection: close${end}`,
    // A second request on the same connection.
    `GET http://allowed.test/ HTTP/1.1${end}${get('http://blocked.test/')}`,
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

/** 22 to who counts in 16 bits, as tinyproxy does before 1.11.3. */
const wrapped = 2 ** 16 + 22;
export const wrappedPort = {
    get: get(`http://allowed.test:${wrapped}/`),
    connect: connect(`allowed.test:${wrapped}`),
} as const;
