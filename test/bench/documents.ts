// Documents for the agent: clients as dom0 would describe them.
import { readFileSync } from 'node:fs';
import type * as v from 'valibot';
import type {
    desiredState,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import { filterOfHosts } from '../filters.ts';

export type Client = v.InferInput<typeof desiredState>['clients'][number];

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** As text; each is newer than all before. */
export function document(clients: readonly Client[]): string {
    const counter = Number(process.hrtime.bigint() / 1000n);
    return JSON.stringify({ version: 1, issued: { boot, counter }, clients });
}

/** Each client's rules unless a case says otherwise. */
export const hosts = Array.from({ length: 10 }, (_, n) => `host${n}.test`);

export interface Attachment {
    readonly name: string;
    readonly uuid: string;
    readonly xid: number;
    readonly address: string;
    readonly gateway: string;
}

/**
 * Up to 100 clients behind that gateway which do not exist: the agent needs
 * to know no more of one than this. The opponent makes a port of the last
 * number of an address: from 8201 on, where ours are not with so few clients.
 */
export function madeUpClients(count: number, gateway: string): Attachment[] {
    return Array.from({ length: count }, (_, n) => ({
        name: `made-up-${n}`,
        uuid: `b0000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
        xid: 1000 + n,
        address: `10.137.200.${101 + n}`,
        gateway,
    }));
}

export function clientWith(
    { name, uuid, xid, address, gateway }: Attachment,
    allowed: readonly string[] = hosts,
    change: Partial<Filter> = {},
): Client {
    return {
        name,
        uuid,
        xid,
        stubdomXid: null,
        ranBefore: [],
        ip4: { client: address, gateway },
        ip6: null,
        filter: filterOfHosts(allowed, change),
        deadlines: [],
        narrowing: 'end',
    };
}
