import type { FirewallRule } from '../../world.ts';
import { setFirewall } from '../changes/firewall.ts';
import { ProtocolError } from '../errors.ts';
import { isExpired, parseFirewallRule } from '../firewall-rule.ts';
import { type AdminMethods, lines, plain } from './method.ts';

export const firewallMethods: AdminMethods = {
    'admin.vm.firewall.Get': {
        ...plain,
        toAdminVm: false,
        run: ({ destination }) =>
            lines(destination.firewall.filter((rule) => !isExpired(rule))),
    },
    'admin.vm.firewall.Set': {
        toAdminVm: false,
        wantsArgument: false,
        wantsPayload: true,
        run: async ({ system, destination, untrusted_payload }) => {
            const rules = parseRules(untrusted_payload);
            await setFirewall(system, destination, rules);
            return '';
        },
    },
    'admin.vm.firewall.Reload': {
        ...plain,
        toAdminVm: false,
        run: async ({ system, destination }) => {
            await setFirewall(system, destination, destination.firewall);
            return '';
        },
    },
};

function parseRules(untrusted_payload: Buffer): FirewallRule[] {
    if (untrusted_payload.some((byte) => byte > 0x7f)) {
        throw new ProtocolError('Rules contains non-ASCII characters');
    }
    const untrusted_lines = untrusted_payload.toString('ascii').split('\n');
    if (untrusted_lines.at(-1) === '') {
        untrusted_lines.pop();
    }
    return untrusted_lines.map(parseFirewallRule);
}
