// What tests of the testbed's network ask again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { bed } from './bed.ts';

export async function curl(qube: string, ...args: string[]) {
    return await bed.qube(qube, 'curl', '-sS', '--max-time', '5', ...args);
}

export async function prefs(qube: string, ...args: string[]) {
    return (await bed.dom0('qvm-prefs', qube, ...args)).stdout.trim();
}

/** Until the vif of a client carries its address in `allowed`. */
export async function untilAttached(client: string, netvm = 'sys-filter') {
    const element = `"vif${await prefs(client, 'xid')}.0"`;
    const list = ['list', 'set', 'ip', 'qubes', 'allowed'];
    for (;;) {
        const { stdout } = await bed.qube(netvm, 'nft', ...list);
        if (stdout.includes(element)) {
            return;
        }
        await sleep(50);
    }
}
