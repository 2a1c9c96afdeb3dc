// The names of the made-up Internet: every name exists. Its addresses follow
// from the name, unless `testbed dns` gave it others.
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { zoneFile } from '../xen/paths.ts';

/** Lower-case names and the addresses they were given. */
type Overrides = Readonly<Record<string, readonly string[]>>;

/**
 * The addresses of a name of one family; null for a name that does not exist
 * (below `invalid`). Without an override every name has an IPv4 address in
 * 93.184.0.0/16, names below `dual.test` an IPv6 address too, and names below
 * `six.test` nothing else.
 */
export async function lookUp(
    name: string,
    family: 4 | 6,
): Promise<string[] | null> {
    const key = name.toLowerCase();
    const given = (await readOverrides())[key];
    if (given !== undefined) {
        return given.filter((address) => isIP(address) === family);
    }
    if (isBelow(key, 'invalid')) {
        return null;
    }
    const six = isBelow(key, 'six.test');
    const has = family === 4 ? !six : six || isBelow(key, 'dual.test');
    return has ? [madeUpAddress(key, family)] : [];
}

/** What a resolver's client sees of it. */
export async function resolve(name: string, family: 4 | 6): Promise<string[]> {
    return (await lookUp(name, family)) ?? [];
}

/** From now on the name has these addresses and no others. */
export async function setAddresses(
    name: string,
    addresses: readonly string[],
): Promise<void> {
    const overrides: Overrides = {
        ...(await readOverrides()),
        [name.toLowerCase()]: addresses,
    };
    const next = `${zoneFile}.new`;
    await writeFile(next, JSON.stringify(overrides));
    await rename(next, zoneFile);
}

async function readOverrides(): Promise<Overrides> {
    return JSON.parse(await readFile(zoneFile, 'utf8')) as Overrides;
}

function isBelow(name: string, domain: string): boolean {
    return name === domain || name.endsWith(`.${domain}`);
}

function madeUpAddress(name: string, family: 4 | 6): string {
    const digest = createHash('sha256').update(name).digest();
    const byte = (at: number) => 1 + ((digest[at] ?? 0) % 254);
    return family === 4
        ? `93.184.${byte(0)}.${byte(1)}`
        : `2a00:1450:4001:${byte(0).toString(16)}::${byte(1).toString(16)}`;
}
