// The programs that dom0 has for us, without anything behind them.
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import type { Verb } from '../../shared/protocol/answer.ts';
import { type FakeAgent, noAgent } from './fake-agent.ts';
import type { FakeFirewall } from './fake-firewall.ts';
import { type FakeQube, qvmLs, qvmPrefs } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

export interface FakeTools {
    readonly qubes: readonly FakeQube[];
    readonly firewall: FakeFirewall;
    /** By ProxyVM; those that run and are not named have no agent. */
    readonly agents: Readonly<Record<string, FakeAgent>>;
    /** The qubes that have each tag. */
    readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** Answers one of them; a command that nobody expects is a failure. */
export function runFakeTool(
    { qubes, firewall, agents, tags }: FakeTools,
    file: string,
    args: readonly string[],
    input: string,
): CommandOutcome {
    const line = [file, ...args].join(' ');
    switch (file) {
        case 'flock':
            return outcome();
        case 'qvm-ls': {
            const [raw, fields, names = ''] = args;
            if (raw === '--raw-list' && fields?.startsWith('--tags=')) {
                const tag = fields.slice('--tags='.length);
                const lines = (tags[tag] ?? []).map((each) => `${each}\n`);
                return outcome({ stdout: lines.join('') });
            }
            expect(raw === '--raw-data' && fields === '--fields', line);
            return outcome({ stdout: qvmLs(qubes, names) });
        }
        case 'qvm-prefs': {
            const qube = qubes.find(({ name }) => name === args[0]);
            expect(args.length === 1, line);
            return qube
                ? outcome({ stdout: qvmPrefs(qube) })
                : outcome({
                      exitCode: 2,
                      stderr: `usage: qvm-prefs\nqvm-prefs: error: no such domain: '${args[0]}'\n`,
                  });
        }
        case 'qvm-firewall':
            return firewall.run(args);
        case 'qrexec-client': {
            const [flag, qube = '', call = ''] = args;
            if (call.startsWith('DEFAULT:timeout 10 bash -c ')) {
                // A request that a client's proxy lets through.
                return outcome({ stdout: 'HTTP/1.0 200 OK\n' });
            }
            const verb = /^root:QUBESRPC qubes\.FilterProxy\+(\w+) dom0$/.exec(
                call,
            )?.[1];
            expect(flag === '-d' && verb !== undefined, line);
            return (agents[qube] ?? noAgent)(verb as Verb, input);
        }
        default:
            throw new Error(`unexpected command: ${line}`);
    }
}

function expect(isExpected: boolean, line: string): void {
    if (!isExpected) {
        throw new Error(`unexpected arguments: ${line}`);
    }
}
