// Whether Qubes' firewall runs here, and what it has loaded
// (qubes-core-agent-linux qubesagent/firewall.py, NftablesWorker).
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Examination } from '../../shared/protocol/examination.ts';
import { commandFailure } from '../commands.ts';
import { hasFirewallTable } from './nft.ts';

export async function observeQubesFirewall(
    run: RunCommand,
): Promise<Examination['qubesFirewall']> {
    const [isActive, ip, ip6] = await Promise.all([
        isFirewallActive(run),
        hasFirewallTable(run, 'ip'),
        hasFirewallTable(run, 'ip6'),
    ]);
    return { isActive, ip, ip6 };
}

/** systemd answers at once, or is in no state to be waited for. */
const waitMs = 5000;

async function isFirewallActive(run: RunCommand): Promise<boolean> {
    const args = ['is-active', '--quiet', 'qubes-firewall.service'];
    const outcome = await run('systemctl', args, { timeoutMs: waitMs });
    if (outcome.exitCode === null) {
        throw commandFailure(outcome);
    }
    return outcome.exitCode === 0;
}
