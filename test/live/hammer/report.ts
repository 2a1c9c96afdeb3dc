// What a hammer tells of what it did.

/** One request; times in milliseconds of the clock that all qubes share. */
export interface Asked {
    readonly host: string;
    readonly begin: number;
    readonly end: number;
    /** 0 without an answer. */
    readonly status: number;
}

export interface Tunnel {
    readonly host: string;
    /** Null when it was open to the end. */
    ended: number | null;
    /** Of a last request in it; 0 if it had ended before. */
    lastAnswer: number;
}

export interface Report {
    readonly requests: readonly Asked[];
    readonly tunnels: readonly Tunnel[];
}

/** Milliseconds of the kernel's monotonic clock. */
export function now(): number {
    return Number(process.hrtime.bigint() / 1000n) / 1000;
}
