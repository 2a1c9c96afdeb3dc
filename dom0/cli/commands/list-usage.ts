// `list --usage`: how often rules were used, with what ProxyVMs say now.
import type { Collected } from '../../collect-usage.ts';
import { collectUsage } from '../../collect-usage.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import { type Client, clientsIn } from '../../core/usage/usage-of-files.ts';
import type { Deps } from '../../deps.ts';
import { look, type View } from '../../view.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { formatUsage, usageJson } from '../format/usage.ts';
import { jsonVersion, type Output } from '../output.ts';
import { typedClients } from '../resolve-qube.ts';

interface UsageArguments {
    /** None: all whose rules are counted. */
    readonly qubes: readonly string[];
}

export async function listUsage(
    deps: Deps,
    { qubes }: UsageArguments,
): Promise<Output> {
    const view = await look(deps);
    const clients = qubes.length === 0 ? counted(view) : named(view, qubes);
    const files = clients.flatMap((client) => client.files);
    const only = qubes.length === 0 ? null : files;
    const collected = await collectUsage(deps, view, only);
    const { usages, problems } = collected;
    return {
        lines:
            clients.length === 0
                ? ['of no qube the use of rules is counted']
                : clients.flatMap((client) => formatUsage(client, usages)),
        warnings: [...formatProblems(problems), ...describeFailures(collected)],
        json: {
            version: jsonVersion,
            command: 'list',
            usage: clients.map((client) => usageJson(client, usages)),
            problems: problems.map(problemJson),
        },
        failed: problems.length > 0 || collected.failures.size > 0,
    };
}

/** What is missing in the sums, and why. */
export function describeFailures({
    failures,
}: Pick<Collected, 'failures'>): string[] {
    return [...failures].map(
        ([proxyvm, { message }]) =>
            `${proxyvm}: what it counted is missing: ${message}`,
    );
}

/** Disposables have the rules of their template. */
function counted(view: View): Client[] {
    const clients = clientsIn(view).filter(({ isCounted }) => isCounted);
    const names = new Set(clients.map(({ qube }) => qube.name));
    return clients.filter(({ qube }) => {
        const owner = ruleOwnerName(qube);
        return owner === qube.name || !names.has(owner);
    });
}

function named(view: View, untrusted_names: readonly string[]): Client[] {
    const clients = clientsIn(view);
    return typedClients(view.system, untrusted_names).map(
        (qube) =>
            clients.find((client) => client.qube.name === qube.name) ?? {
                qube,
                files: [],
                rules: null,
                isCounted: false,
            },
    );
}
