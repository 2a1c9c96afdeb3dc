// A qube's own Qubes firewall, read and changed with qvm-firewall.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import {
    type FirewallRule,
    type FirewallStep,
    parseFirewall,
} from '../core/firewall.ts';
import { orFailure, outputOf } from './tool.ts';

export interface Firewall {
    read(name: QubeName): Promise<readonly FirewallRule[]>;
    change(name: QubeName, step: FirewallStep): Promise<void>;
}

export function toolFirewall(run: RunCommand): Firewall {
    const tool = 'qvm-firewall';
    return {
        async read(name) {
            const text = await outputOf(run, tool, ['--raw', name, 'list']);
            return orFailure(`${tool} ${name}`, parseFirewall(text));
        },
        async change(name, step) {
            await outputOf(run, tool, [name, ...step]);
        },
    };
}
