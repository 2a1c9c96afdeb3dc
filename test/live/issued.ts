import { readFileSync } from 'node:fs';

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** As dom0 numbers its documents. */
export function issuedNow() {
    return { boot, counter: Number(process.hrtime.bigint() / 1000n) };
}
