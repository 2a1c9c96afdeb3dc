// What tests look at in sys-filter.
import { bed } from './bed.ts';

/** What a shell there prints. */
export async function inProxyvm(script: string): Promise<string> {
    return (await bed.qube('sys-filter', 'sh', '-c', script)).stdout;
}

/** Returns when the spare is up, if there are clients it could be for. */
export async function untilSpare(): Promise<void> {
    await inProxyvm(
        `cd /run/qubes-filterproxy
        for _ in $(seq 100); do
            [ -n "$(ls proxies)" ] && [ -p spare ] || exit 0
            unit=qubes-filterproxy@$(stat --format=%g spare)
            systemctl --quiet is-active "$unit" && exit 0
            sleep 0.05
        done
        exit 1`,
    );
}

/** What the agent left there, without counters. */
export async function stateOfProxyvm(): Promise<string> {
    await untilSpare();
    return inProxyvm(
        'nft --stateless list ruleset; find /run/qubes-filterproxy -ls;' +
            ' systemctl list-units --plain --no-legend "qubes-filterproxy*" |' +
            // It ends by itself, some seconds after the last that needs it.
            ' grep -v -e -recorder.service | tr -s " "',
    );
}

export interface TableElement {
    readonly set: string;
    /** Parts of the key, and the value if it is a map's. */
    readonly parts: readonly (string | number)[];
}

/** All elements of our table but the constant networks; none without it. */
export async function tableElements(): Promise<TableElement[]> {
    const json = await inProxyvm(
        'nft --json --numeric list table inet qubes-filterproxy',
    );
    const { nftables } = JSON.parse(json || '{"nftables":[]}') as {
        nftables: { set?: NftSet; map?: NftSet }[];
    };
    return nftables
        .flatMap(({ set, map }) => set ?? map ?? [])
        .filter(({ name }) => !/^(closed|qubes)/.test(name))
        .flatMap(({ name, elem = [] }) =>
            elem.map((one) => ({ set: name, parts: partsOf(one) })),
        );
}

interface NftSet {
    readonly name: string;
    readonly elem?: readonly NftElement[];
}

type NftElement =
    | string
    | number
    | { readonly concat: (string | number)[] }
    | [NftElement, NftElement];

function partsOf(element: NftElement): (string | number)[] {
    if (Array.isArray(element)) {
        return element.flatMap(partsOf);
    }
    return typeof element === 'object' ? element.concat : [element];
}

/** The port of the proxy that serves the client at this address. */
export async function portOfClient(address: string): Promise<number> {
    const door = (await tableElements()).find(
        ({ set, parts }) => set.startsWith('door') && parts[1] === address,
    );
    return Number(door?.parts.at(-1));
}
