// `update` on a large machine: what dom0 does, without the programs that it
// runs. Each takes as long as another, and they are counted.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../../dom0/cli/program.ts';
import type { CommandDeps } from '../../../dom0/command-deps.ts';
import { makeCommandDeps } from '../../../dom0/make-command-deps.ts';
import { pathsUnder } from '../../../dom0/paths.ts';
import { err } from '../../../shared/result.ts';
import { makeDirectories } from '../../dom0/directories.ts';
import { obedientAgent } from '../../dom0/fake-agent.ts';
import { FakeFirewall } from '../../dom0/fake-firewall.ts';
import type { FakeQube } from '../../dom0/fake-qubes.ts';
import { runFakeTool } from '../../dom0/fake-tools.ts';
import { loadWith } from '../../dom0/load-with.ts';
import { timesFloor } from '../aims.ts';
import type { Group } from '../measure.ts';

/** A machine with so many qubes, all of them clients with rules. */
interface Machine {
    readonly root: string;
    readonly deps: CommandDeps;
    /** By program, since the last update began. */
    readonly started: Map<string, number>;
}

const qubesOfProxyvm = 20;

/** As long as one of the testbed takes. */
const toolMs = 50;

export function manyQubes(proxyvms: number): Group {
    const machines: Machine[] = [];
    const make = async (count: number) => {
        const machine = await makeMachine(count);
        machines.push(machine);
        return machine;
    };
    let [large, small]: Machine[] = [];
    return {
        title:
            `update --all, ${proxyvms * qubesOfProxyvm} qubes, ` +
            `${proxyvms} ProxyVMs (floor: as many times one ProxyVM)`,
        rounds: 20,
        aims: [timesFloor(1)],
        setUp: async () => {
            large = await make(proxyvms);
            small = await make(1);
        },
        cases: [
            {
                name: 'all of it',
                role: 'ours',
                measure: () => timeUpdate(large),
            },
            {
                name: `one ProxyVM, ${proxyvms} times`,
                role: 'floor',
                measure: async () => {
                    let total = 0;
                    for (let nth = 0; nth < proxyvms; nth += 1) {
                        total += await timeUpdate(small);
                    }
                    return total;
                },
            },
        ],
        remarks: async () => {
            const counts = [...(large?.started ?? [])].map(
                ([file, count]) => `${count} ${file}`,
            );
            return [`programs started: ${counts.join(', ')}`];
        },
        tearDown: async () => {
            for (const { root } of machines) {
                await rm(root, { recursive: true });
            }
        },
    };
}

async function makeMachine(proxyvms: number): Promise<Machine> {
    const root = await mkdtemp(join(tmpdir(), 'bench-'));
    const paths = pathsUnder(root);
    await makeDirectories(root);
    const names = Array.from({ length: proxyvms }, (_, at) => `filter${at}`);
    const qubes = [...fixed, ...names.flatMap(withClients)];
    for (const { name } of qubes.filter(isClient)) {
        const rules = '(^|\\.)github\\.com$\n^pypi\\.org$\n';
        await writeFile(join(paths.config, `qubes/${name}.rules`), rules);
    }
    const firewall = new FakeFirewall();
    const agents = Object.fromEntries(
        names.map((name) => [name, obedientAgent().agent]),
    );
    const tools = { qubes, firewall, agents, tags: {} };
    const started = new Map<string, number>();
    const deps = makeCommandDeps(
        async (file, args, options) => {
            started.set(file, (started.get(file) ?? 0) + 1);
            const input = String(options?.input ?? '');
            await sleep(toolMs);
            return runFakeTool(tools, file, args, input);
        },
        paths,
        process.getuid?.() ?? 0,
    );
    return { root, deps, started };
}

const fixed: readonly FakeQube[] = [
    { name: 'fedora-41', class: 'TemplateVM' },
    { name: 'sys-net', ip: '10.137.9.1', xid: 1, providesNetwork: true },
];

function isClient({ netvm }: FakeQube): boolean {
    return netvm?.startsWith('filter') === true;
}

/** All of them run. */
function withClients(name: string, at: number): FakeQube[] {
    const ip = `10.137.8.${at + 1}`;
    const clients = Array.from({ length: qubesOfProxyvm }, (_, nth) => ({
        // Short ones: see `uuidOf`.
        name: `c${at}x${nth}`,
        netvm: name,
        ip: `10.138.${at}.${nth + 1}`,
        gateway: ip,
        xid: 1000 + at * qubesOfProxyvm + nth,
    }));
    const own = { ip, xid: 10 + at, netvm: 'sys-net', gateway: '10.137.9.1' };
    return [{ name, ...own, providesNetwork: true }, ...clients];
}

async function timeUpdate(machine: Machine | undefined): Promise<number> {
    if (machine === undefined) {
        throw new Error('there is no machine');
    }
    machine.started.clear();
    let said = '';
    const began = performance.now();
    const exitCode = await runProgram(
        ['update', '--all'],
        loadWith(machine.deps),
        {
            out: () => undefined,
            err: (text) => {
                said += text;
            },
            terminal: null,
            interrupted: () => new AbortController().signal,
            beforeEnd: () => () => undefined,
            openScreen: () => err('it needs a terminal'),
        },
    );
    const took = performance.now() - began;
    if (exitCode !== 0) {
        throw new Error(`update: exit ${exitCode}: ${said}`);
    }
    return took;
}
