import { readFileSync } from 'node:fs';
import type { Clocks } from '../core/kept-deadlines.ts';
import { paths } from '../paths.ts';

export function readClocks(): Clocks {
    const [uptime] = readFileSync(paths.uptime, 'latin1').split(' ');
    return { unix: Date.now() / 1000, uptime: Number(uptime) };
}

/** Seconds of CLOCK_MONOTONIC, as journald stamps its lines. */
export function monotonicSeconds(): number {
    return Number(process.hrtime.bigint()) / 1e9;
}
