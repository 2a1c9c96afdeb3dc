// The command in dom0, as a user types it.
import { stop } from './agent.ts';
import { type BedResult, bed } from './bed.ts';

export const config = '/etc/qubes/filterproxy';

export function filterproxy(...args: string[]): Promise<BedResult> {
    return bed.dom0('qvm-filterproxy', ...args);
}

/** As if nobody had ever typed anything. */
export async function forgetAll(): Promise<void> {
    await bed.dom0(
        'sh',
        '-c',
        `rm -rf ${config}/*/* ${config}/*.json /run/qubes/filterproxy`,
    );
    await stop('sys-filter');
    await stop('sys-filter2');
}
