import { readFileSync } from 'node:fs';

/** What a program of a ProxyVM printed there, see test/golden/. */
export function captured(name: string): Buffer {
    return readFileSync(new URL(`../golden/proxyvm/${name}`, import.meta.url));
}
