// Lines as tinyproxy writes them at LogLevel Connect (taken from 1.11.1).

const head = (level: string) =>
    `${level.padEnd(9)} Nov 23 03:19:39.925 [28003]: `;

export const logLines = {
    connect: (fd: number) =>
        `${head('CONNECT')}Connect (file descriptor ${fd}): 10.137.0.5`,
    request: (fd: number, request: string) =>
        `${head('CONNECT')}Request (file descriptor ${fd}): ${request}`,
    refused: (host: string) =>
        `${head('NOTICE')}Proxying refused on filtered domain "${host}"`,
    refusedUrl: (url: string) =>
        `${head('NOTICE')}Proxying refused on filtered url "${url}"`,
    established: (host: string, fd: number) =>
        `${head('CONNECT')}Established connection to host "${host}" using ` +
        `file descriptor ${fd}.`,
    upstream: (fd: number) =>
        `${head('CONNECT')}Established connection to upstream proxy ` +
        `"10.0.0.1" using file descriptor ${fd}.`,
    socks: (fd: number) =>
        `${head('CONNECT')}Established connection to socks5 proxy ` +
        `"10.0.0.1" using file descriptor ${fd}.`,
    unknown: (host: string, port: number) =>
        `${head('ERROR')}opensock: Could not retrieve address info for ` +
        `${host}:${port}: Name or service not known`,
    unreached: (host: string, port: number) =>
        `${head('ERROR')}opensock: Could not establish a connection to ` +
        `${host}:${port}`,
} as const;
