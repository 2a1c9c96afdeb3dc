// One host more in a long list: the whole swap, in the ProxyVM.
import { lineOfDomain } from '../../../shared/pattern/domain-pattern.ts';
import { compileLines } from '../../../shared/pattern/index.ts';
import { filterOfLines } from '../../filters.ts';
import { apply, timeApply } from '../agent.ts';
import type { Bench } from '../bench.ts';
import { type Client, clientWith, madeUpClients } from '../documents.ts';
import type { Group } from '../measure.ts';
import { madeUpHosts } from '../size/hosts.ts';

export function bigFilter(bench: Bench, size: number): Group {
    const { stopwatch, client } = bench;
    const attachments = madeUpClients(1, client.gateway);
    const hosts = madeUpHosts(size + 1);
    const before = attachments.map((each) => ({
        ...clientWith(each),
        filter: filterOf(hosts.slice(0, size)),
    }));
    const after = attachments.map((each) => ({
        ...clientWith(each),
        filter: filterOf(hosts),
    }));
    return {
        title: `one host added to ${size}, in force`,
        rounds: 10,
        setUp: async () => {
            await apply(stopwatch, before);
        },
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                measure: () => timeApply(stopwatch, after, 'change'),
                restore: async () => {
                    await apply(stopwatch, before);
                },
            },
        ],
        tearDown: async () => {
            await apply(stopwatch, []);
        },
    };
}

/** As dom0 would send it. */
function filterOf(hosts: readonly string[]): Client['filter'] {
    const lines = hosts.map((domain) =>
        lineOfDomain({ kind: 'exact', domain }),
    );
    return { ...filterOfLines(compileLines(lines)), rules: hosts.length };
}
