// What tests look at in sys-filter.
import { bed } from './bed.ts';

/** What a shell there prints. */
export async function inProxyvm(script: string): Promise<string> {
    return (await bed.qube('sys-filter', 'sh', '-c', script)).stdout;
}

/** What the agent left there, without counters. */
export function stateOfProxyvm(): Promise<string> {
    return inProxyvm(
        'nft --stateless list ruleset; find /run/qubes-filterproxy -ls;' +
            ' systemctl list-units --plain "qubes-filterproxy*"',
    );
}
