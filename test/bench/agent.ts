// Calls of the agent in the ProxyVM, as qrexec starts it for dom0.
import type { Answer, Report } from '../../shared/protocol/answer.ts';
import { type Client, document } from './documents.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

export const agentPath = '/usr/lib/qubes/filterproxy/filterproxy-agent';
const servicePath = '/etc/qubes-rpc/qubes.FilterProxy';

export interface Applied {
    readonly milliseconds: number;
    readonly report: Report;
}

/** Throws unless all clients are served now by just these rules. */
export async function apply(
    stopwatch: Stopwatch,
    clients: readonly Client[],
    env: Readonly<Record<string, string>> = {},
): Promise<Applied> {
    const { milliseconds, stdout } = await stopwatch.must({
        file: servicePath,
        args: [],
        env: {
            QREXEC_REMOTE_DOMAIN: 'dom0',
            QREXEC_SERVICE_ARGUMENT: 'apply',
            ...env,
        },
        input: document(clients),
    });
    const { report }: Answer = JSON.parse(stdout);
    const served = report?.clients.filter(({ state }) => state === 'served');
    if (report === null || served?.length !== clients.length) {
        throw new Error(`the agent does not serve all: ${stdout}`);
    }
    return { milliseconds, report };
}

/** Returns when the spare waits, as it does soon after a change. */
export async function untilSpare(stopwatch: Stopwatch): Promise<void> {
    await stopwatch.sh(
        `until systemctl --quiet is-active \
            "qubes-filterproxy@$(stat --format=%g /run/qubes-filterproxy/spare)"
        do sleep 0.05; done; sleep 0.05`,
    );
}

/** The same, where there was something to do or where there was nothing. */
export async function timeApply(
    stopwatch: Stopwatch,
    clients: readonly Client[],
    expected: 'change' | 'nothing to do',
): Promise<number> {
    const { milliseconds, report } = await apply(stopwatch, clients);
    const did = report.steps.length > 0 ? 'change' : 'nothing to do';
    if (did !== expected) {
        throw new Error(
            `expected ${expected}, the agent did: ${report.steps.join('; ')}`,
        );
    }
    return milliseconds;
}
