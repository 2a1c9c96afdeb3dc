// A qube's own Qubes firewall, read and changed with qvm-firewall.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import {
    type FirewallRule,
    type FirewallStep,
    parseFirewall,
} from '../core/firewall.ts';
import { Failure } from '../failure.ts';
import { runTool } from './tool.ts';

export interface Firewall {
    read(name: QubeName): Promise<readonly FirewallRule[]>;
    change(name: QubeName, step: FirewallStep): Promise<void>;
}

export function toolFirewall(run: RunCommand): Firewall {
    const firewall = async (args: readonly string[]) => {
        const result = await runTool(run, 'qvm-firewall', args);
        if (!result.ok) {
            throw new Failure(result.error.message);
        }
        return result.value;
    };
    return {
        async read(name) {
            const rules = parseFirewall(
                await firewall(['--raw', name, 'list']),
            );
            if (!rules.ok) {
                throw new Failure(
                    `qvm-firewall printed what it should not for ${name}: ` +
                        `${rules.error}`,
                );
            }
            return rules.value;
        },
        async change(name, step) {
            await firewall([name, ...step]);
        },
    };
}
