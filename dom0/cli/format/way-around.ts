import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { WayAround } from '../../core/firewall.ts';
import type { Explanation } from './unserved.ts';

/** What a qube reaches without its proxy; null for nothing. */
export function explainWayAround(
    qube: QubeName,
    around: WayAround,
): Explanation | null {
    const todo = [`to change that: qvm-filterproxy lock ${qube}`];
    switch (around.kind) {
        case 'none':
            return null;
        case 'everything':
            return {
                what:
                    `${qube} can still go around the proxy, its Qubes ` +
                    'firewall lets everything out',
                todo,
            };
        case 'exceptions':
            return {
                what:
                    `${qube} can still go around the proxy, its Qubes ` +
                    `firewall lets out: ${around.rules.map(named).join('; ')}`,
                todo,
            };
    }
}

function named(rule: string): string {
    switch (rule) {
        case 'specialtarget=dns':
            return 'DNS';
        case 'proto=icmp':
            return 'ICMP (ping)';
        default:
            return rule;
    }
}
