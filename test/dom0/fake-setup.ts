// A dom0 on which `setup` finds something to do.
import type { Editor } from '../../dom0/adapters/editor.ts';
import { runProgram } from '../../dom0/cli/program.ts';
import { err as error } from '../../shared/result.ts';
import { ChangingQubes } from './changing-qubes.ts';
import { obedientAgent } from './fake-agent.ts';
import { type CliOutcome, type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { exampleQubes, type FakeQube } from './fake-qubes.ts';
import { loadWith } from './load-with.ts';

/** The examples before anything was set up: sys-filter is to be made. */
export const unfiltered: readonly FakeQube[] = exampleQubes
    .filter(({ name }) => name !== 'sys-filter' && name !== 'sys-filter2')
    .map((qube) =>
        qube.netvm === 'sys-filter'
            ? { ...qube, netvm: 'sys-firewall', gateway: '10.137.0.3' }
            : qube,
    )
    .map((qube) =>
        qube.name === 'work' ? { ...qube, ip6: null, gateway6: null } : qube,
    );

/** A ProxyVM that is there, halted, and nobody's netvm. */
export const spare: FakeQube = {
    name: 'sys-filter2',
    netvm: 'sys-net',
    ip: '10.137.0.10',
    gateway: '10.137.0.2',
    providesNetwork: true,
};

export const installed = {
    'fedora-41':
        'os-distribution                   fedora\n' +
        'supported-rpc.qubes.FilterProxy  1\n',
};

export interface SetupOptions {
    readonly qubes?: readonly FakeQube[];
    /** Whose netvm is the default one. */
    readonly following?: readonly string[];
    /** What qvm-features prints, by qube. */
    readonly features?: Readonly<Record<string, string>>;
    readonly rules?: Readonly<Record<string, string>>;
    readonly editor?: Editor;
    /** By ProxyVM; null: it has none. */
    readonly hasAgent?: boolean;
}

export interface SetupDom0 {
    readonly dom0: FakeDom0;
    readonly qubes: ChangingQubes;
    /** What interrupts the commands that are run. */
    readonly interrupt: AbortController;
    cli(...args: string[]): Promise<CliOutcome>;
}

export async function setupDom0({
    qubes: all = unfiltered,
    following = ['work', 'work-dvm'],
    features = installed,
    rules = {},
    editor,
    hasAgent = true,
}: SetupOptions = {}): Promise<SetupDom0> {
    const qubes = new ChangingQubes(all, following, features);
    const tools = [
        ...['qvm-create', 'qvm-start', 'qvm-shutdown', 'qvm-remove'],
        ...['qvm-prefs', 'qvm-features'],
    ];
    const dom0 = await fakeDom0({
        qubes: qubes.listed,
        rules,
        agents: hasAgent
            ? {
                  'sys-filter': obedientAgent().agent,
                  'sys-filter2': obedientAgent().agent,
              }
            : {},
        tools: Object.fromEntries(
            tools.map((tool) => [
                tool,
                async (...call) => {
                    const ended = await qubes.run(...call);
                    dom0.qubes = qubes.listed;
                    return ended;
                },
            ]),
        ),
        ...(editor === undefined ? {} : { editor }),
    });
    const interrupt = new AbortController();
    return {
        dom0,
        qubes,
        interrupt,
        async cli(...args) {
            let out = '';
            let err = '';
            const exitCode = await runProgram(args, loadWith(dom0.deps), {
                out: (text) => {
                    out += text;
                },
                err: (text) => {
                    err += text;
                },
                terminal: null,
                interrupted: () => interrupt.signal,
                beforeEnd: () => () => undefined,
                openScreen: () => error('it needs a terminal'),
            });
            return { exitCode, out, err };
        },
    };
}
