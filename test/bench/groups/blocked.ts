// `blocked`, when very much was refused.
import { agentPath } from '../agent.ts';
import { client } from '../bed.ts';
import type { Bench } from '../bench.ts';
import { ClientTraffic } from '../client-traffic.ts';
import type { Case, Group } from '../measure.ts';

/** Far more than are kept of a client. */
const hosts = Array.from({ length: 20_000 }, (_, n) => `refused${n}.test`);

/** Runs a program with what is read, and prints the most memory that it had. */
const peak = `
import resource, subprocess, sys
subprocess.run(sys.argv[2:], input=sys.argv[1].encode(), stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)`;

export function blocked(bench: Bench): Group {
    const { dom0, stopwatch, isQuick } = bench;
    const count = isQuick ? 20_000 : 1_000_000;
    const command = { file: 'qvm-filterproxy', args: ['blocked', client] };
    return {
        title: `after ${count} refused requests for ${hosts.length} hosts`,
        rounds: isQuick ? 3 : 10,
        setUp: async () => {
            const args = ['allow', client, 'first.test'];
            await dom0.must({ file: 'qvm-filterproxy', args });
            const traffic = await ClientTraffic.install(bench.client);
            await traffic.load({ hosts, status: 403, count });
        },
        cases: [
            timed('qvm-filterproxy blocked', 'ours', async () =>
                dom0.must(command),
            ),
            timed('qvm-filterproxy list', 'beside', async () =>
                dom0.must({ file: 'qvm-filterproxy', args: ['list'] }),
            ),
        ],
        remarks: async () => {
            const inDom0 = await dom0.sh(
                'python3 -c "$1" "" qvm-filterproxy blocked "$2"',
                peak,
                client,
            );
            const inProxyvm = await stopwatch.sh(
                'export QREXEC_REMOTE_DOMAIN=dom0 ' +
                    'QREXEC_SERVICE_ARGUMENT=requests; ' +
                    'python3 -c "$1" "$2" "$3" qrexec',
                peak,
                '{"version":1,"sinceSeconds":null}\n',
                agentPath,
            );
            const journal = await stopwatch.sh('journalctl --disk-usage');
            return [
                `memory: ${inProxyvm.trim()} MB in the ProxyVM while it is ` +
                    `asked, ${inDom0.trim()} MB in dom0`,
                journal.trim(),
            ];
        },
        tearDown: async () => {
            const args = ['remove', client, 'first.test'];
            await dom0.must({ file: 'qvm-filterproxy', args });
        },
    };
}

function timed(
    name: string,
    role: Case['role'],
    run: () => Promise<{ readonly milliseconds: number }>,
): Case {
    return { name, role, measure: async () => (await run()).milliseconds };
}
