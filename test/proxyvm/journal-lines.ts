// Lines as `journalctl --output=json` prints them (taken from systemd 252).

const around = {
    __CURSOR: 's=2e41;i=2b;b=b72d;m=3c3c3279f;t=66151891a327b;x=f1fa',
    _BOOT_ID: 'b72d727723d34bdf88dabf8c6601e3ca',
    __REALTIME_TIMESTAMP: '1795852680704635',
};

export interface LineOfProxy {
    readonly uid: number;
    readonly seconds: number;
    /** A list: bytes that are not all printable. Null: more than is kept. */
    readonly message: string | readonly number[] | null;
    /** Which start of its unit. */
    readonly invocation?: number;
}

export function journalLine(line: LineOfProxy): Buffer {
    const { uid, seconds, message, invocation = 0 } = line;
    return asLine({
        ...around,
        _UID: String(uid),
        _SYSTEMD_INVOCATION_ID: invocation.toString(16).padStart(32, '0'),
        __MONOTONIC_TIMESTAMP: microseconds(seconds),
        MESSAGE: message,
    });
}

/** journald's own, of a proxy that said too much at once. */
export function droppedLine(uid: number, lines: number, seconds: number) {
    return asLine({
        ...around,
        _UID: '0',
        MESSAGE_ID: 'a596d6fe7bfa4994828e72309e95d61e',
        N_DROPPED: String(lines),
        __MONOTONIC_TIMESTAMP: microseconds(seconds),
        MESSAGE: `Suppressed ${lines} messages from qubes-filterproxy@${uid}.service`,
    });
}

function microseconds(seconds: number): string {
    return String(Math.round(seconds * 1_000_000));
}

function asLine(fields: object): Buffer {
    return Buffer.from(JSON.stringify(fields));
}
