/** `HOST`, or `HOST:PORT`; an IPv6 address is put in brackets then. */
export function hostAndPort({
    host,
    port,
}: {
    readonly host: string;
    readonly port: number | null;
}): string {
    const bracketed = host.includes(':') ? `[${host}]` : host;
    return port === null ? host : `${bracketed}:${port}`;
}
