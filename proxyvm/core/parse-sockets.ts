/** The local end of a TCP socket. */
export interface LocalEnd {
    readonly port: number;
    readonly isIp6: boolean;
}

/** Reads the fourth column of ss: `0.0.0.0:8101`, `[::]:8101`. */
export function parseSockets(untrusted_text: string): LocalEnd[] {
    return untrusted_text.split('\n').flatMap((untrusted_line) => {
        const untrusted_local = untrusted_line.split(/\s+/)[3] ?? '';
        const [, host = '', port] = /^(.*):(\d+)$/.exec(untrusted_local) ?? [];
        return port === undefined
            ? []
            : [{ port: Number(port), isIp6: host.includes(':') }];
    });
}
