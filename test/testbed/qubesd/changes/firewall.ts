// A qube's Qubes firewall (qubes-core-admin qubes/firewall.py `save`).

import type { FirewallRule } from '../../world.ts';
import { expiryOf, isExpired } from '../firewall-rule.ts';
import { reloadClients } from '../life/network.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';

/** The longest that Node's timers take, in milliseconds: 24.8 days. */
const longestTimer = 2 ** 31 - 1;

/** Also to have the same rules, names above all, resolved anew. */
export async function setFirewall(
    system: System,
    qube: Qube,
    rules: readonly FirewallRule[],
): Promise<void> {
    qube.firewall = rules.filter((rule) => !isExpired(rule));
    if (qube.isActive) {
        await reloadClients(system, system.related(qube, 'netvm'));
    }
    system.events.fire(qube.name, 'firewall-changed');
    saveAgainAtExpiry(system, qube);
}

/** As a save of its own, with its own `firewall-changed`. */
function saveAgainAtExpiry(system: System, qube: Qube): void {
    const rules = qube.firewall;
    const milliseconds = Math.min(...rules.map(expiryOf)) * 1000 - Date.now();
    if (milliseconds > longestTimer) {
        return;
    }
    // A second late rather than early: expiry is compared in whole seconds.
    setTimeout(() => {
        if (qube.firewall === rules && system.find(qube.name) === qube) {
            setFirewall(system, qube, rules).catch((error: unknown) =>
                system.report(`firewall of ${qube.name}`, error),
            );
        }
    }, milliseconds + 1000).unref();
}
