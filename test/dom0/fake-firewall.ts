// qvm-firewall, with its crash on deleting the last rule.
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import { outcome } from './outcome.ts';

export class FakeFirewall {
    readonly rules = new Map<string, string[]>();

    of(qube: string): string[] {
        return this.rules.get(qube) ?? ['action=accept'];
    }

    run(args: readonly string[]): CommandOutcome {
        if (args[0] === '--raw' && args[2] === 'list') {
            const lines = this.of(args[1] ?? '').map((rule) => `${rule}\n`);
            return outcome({ stdout: lines.join('') });
        }
        const [qube = '', action, ...words] = args;
        const rules = [...this.of(qube)];
        if (action === 'add') {
            const isFirst = words[0] === '--before' && words[1] === '0';
            const rule = ruleOf(isFirst ? words.slice(2) : words);
            rules.splice(isFirst ? 0 : rules.length, 0, rule);
        } else if (action === 'del') {
            rules.splice(rules.indexOf(ruleOf(words)), 1);
        } else {
            throw new Error(`unexpected: qvm-firewall ${args.join(' ')}`);
        }
        if (rules.length === 0) {
            const stderr =
                'Traceback (most recent call last):\nqubesadmin.exc.ProtocolError: expected payload\n';
            return outcome({ exitCode: 1, stderr });
        }
        this.rules.set(qube, rules);
        return outcome();
    }
}

function ruleOf([action, ...options]: readonly string[]): string {
    return [`action=${action}`, ...options].join(' ');
}
