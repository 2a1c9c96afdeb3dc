// Requests as they go over the wire.

export const end = '\r\n\r\n';

export function get(target: string, ...headers: string[]): string {
    const lines = [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close'];
    return lines.join('\r\n') + end;
}

/** A plain request follows in the tunnel. */
export function connect(target: string): string {
    return `CONNECT ${target} HTTP/1.1${end}${get('/', 'Host: tunnelled')}`;
}

/** The request with that body, for whoever counts its length in another way. */
export function post(body: string, ...headers: string[]): string {
    const lines = ['POST http://allowed.test/ HTTP/1.1', ...headers];
    return lines.join('\r\n') + end + body;
}

/** With their beginnings for titles. */
export function titled(requests: readonly string[]): [string, string][] {
    return requests.map((each) => [JSON.stringify(each).slice(0, 90), each]);
}
