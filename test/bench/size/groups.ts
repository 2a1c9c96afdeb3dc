// What is measured at each size.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
    type DomainKind,
    lineOfDomain,
} from '../../../shared/pattern/domain-pattern.ts';
import { areLinesWithin, compileLines } from '../../../shared/pattern/index.ts';
import { desiredState } from '../../../shared/protocol/desired-state.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { timesOpponent } from '../aims.ts';
import { clientWith, document, madeUpClients } from '../documents.ts';
import type { Case, Group } from '../measure.ts';
import { madeUpHosts } from './hosts.ts';
import {
    isMissing,
    type List,
    MeasuredProxy,
    type ProxyName,
    ports,
} from './proxies.ts';
import type { Traffic } from './traffic.ts';

export interface Sized {
    readonly size: number;
    readonly kind: DomainKind;
    readonly rounds: number;
}

const asked = 50;

/** Ours first: the others are compared to it. */
function present(): ProxyName[] {
    const names: readonly ProxyName[] = ['ours', 'squid', 'plain'];
    return names.filter((name) => !isMissing(name));
}

const roles = { ours: 'ours', squid: 'opponent', plain: 'beside' } as const;

/** How long requests take, in turn with each proxy. */
export function requests(
    traffic: Traffic,
    { size, kind, rounds }: Sized,
    status: 200 | 403,
): Group {
    const all = madeUpHosts(size + 3 * asked);
    const list: List = { kind, hosts: all.slice(0, size) };
    const allowed = spread(list.hosts);
    const denied = refusedBy(list, all.slice(size));
    const hosts = status === 200 ? allowed : denied;
    const proxies = new Map<ProxyName, MeasuredProxy>();
    let directory = '';
    const load = (name: ProxyName, threads: number) =>
        traffic.load({ port: ports[name], hosts, status, threads });
    return {
        title: `${describe(list)}: ${status === 200 ? 'allowed' : 'refused'}, one after the other`,
        rounds,
        aims: [timesOpponent(size > 10_000 ? 2 : 1)],
        setUp: async () => {
            directory = await mkdtemp(join(tmpdir(), 'bench-'));
            // What is allowed has an address, without a resolver's own time.
            const lines = allowed.map((host) => `127.0.0.1 ${host}\n`);
            await writeFile('/etc/hosts', lines.join(''));
            for (const name of present()) {
                const proxy = await MeasuredProxy.make(name, list, directory);
                proxies.set(name, proxy);
                await proxy.start();
                const port = ports[name];
                const warm = { port, threads: 4 };
                await traffic.load({ ...warm, hosts: allowed, status: 200 });
                await traffic.load({ ...warm, hosts: denied, status: 403 });
            }
        },
        cases: present().map((name) => ({
            name,
            role: roles[name],
            measure: async () => (await load(name, 1)).median / 1000,
        })),
        remarks: async () => {
            const said: string[] = [];
            for (const [name, proxy] of proxies) {
                const { perSecond } = await load(name, 4);
                said.push(
                    `${name}: ${proxy.memory().toFixed(0)} MB, ` +
                        `${perSecond.toFixed(0)} requests per second at 4 at once`,
                );
            }
            return said;
        },
        tearDown: async () => {
            for (const proxy of proxies.values()) {
                await proxy.stop();
            }
            await rm(directory, { recursive: true });
        },
    };
}

/** Some of all parts of the list. */
function spread(hosts: readonly string[]): string[] {
    const step = Math.max(1, hosts.length / asked);
    return Array.from(
        { length: Math.min(asked, hosts.length) },
        (_, nth) => hosts[hosts.length - 1 - Math.floor(nth * step)] ?? '',
    );
}

/** Of other hosts like them, those that are no subdomains. */
function refusedBy({ hosts }: List, others: readonly string[]): string[] {
    const known = new Set(hosts);
    return others
        .filter((host) => !known.has(host.replace(/^[a-z]+\.(?=.*\.)/, '')))
        .slice(0, asked);
}

function describe({ kind, hosts }: List): string {
    const what = kind === 'both' ? 'hosts with subdomains' : 'hosts';
    return `${hosts.length} ${what}`;
}

/** From the rules to a proxy that listens. */
export function beginnings({ size, kind, rounds }: Sized): Group {
    const list: List = { kind, hosts: madeUpHosts(size) };
    const lines = list.hosts.map((domain) => lineOfDomain({ kind, domain }));
    const before = compileLines(lines.slice(1));
    const [client] = madeUpClients(1, '10.137.0.4').map((each) =>
        clientWith(each),
    );
    let directory = '';
    let request = Buffer.from('');
    const timed = (work: () => void) => async () => {
        const start = performance.now();
        work();
        return performance.now() - start;
    };
    const starts = present().map((name): Case => {
        let proxy: MeasuredProxy | null = null;
        return {
            name: `${name} starts, until it listens`,
            role: roles[name],
            prepare: async () => {
                proxy = await MeasuredProxy.make(name, list, directory);
            },
            measure: async () => {
                const start = performance.now();
                await proxy?.start();
                return performance.now() - start;
            },
            restore: async () => proxy?.stop(),
        };
    });
    return {
        title: `${describe(list)}: before the first request`,
        rounds,
        setUp: async () => {
            directory = await mkdtemp(join(tmpdir(), 'bench-'));
            const filter = { ...client?.filter, lines: compileLines(lines) };
            const clients = [{ ...client, filter }];
            request = Buffer.from(document(clients as never));
        },
        cases: [
            ...starts,
            {
                name: 'dom0 compiles the rules',
                role: 'beside',
                measure: timed(() => compileLines(lines)),
            },
            {
                name: 'the agent reads them, and compares with one less',
                role: 'beside',
                measure: timed(() => {
                    const read = decode(
                        desiredState,
                        request,
                        limits.requestBytes,
                    );
                    const filter = read.ok && read.value.clients[0]?.filter;
                    if (!filter || !areLinesWithin(before, filter.lines)) {
                        throw new Error('an addition counts as narrower');
                    }
                }),
            },
        ],
        remarks: async () => [`ours has ${compileLines(lines).length} lines`],
        tearDown: () => rm(directory, { recursive: true }),
    };
}
