// Whatever fails in the middle of a setup, the qubes are as before; or it is
// told what to type, and that has them so.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planNow } from '../../dom0/cli/setup-plan.ts';
import { callFailure } from '../../dom0/core/agent-answer.ts';
import type { Progress } from '../../dom0/progress.ts';
import { runSetup } from '../../dom0/run-setup.ts';
import { err } from '../../shared/result.ts';
import type { Fault } from './changing-qubes.ts';
import { fakeEditor } from './fake-editor.ts';
import { exampleWith } from './fake-qubes.ts';
import {
    type SetupOptions,
    setupDom0,
    spare,
    unfiltered,
} from './fake-setup.ts';

interface Example {
    readonly args: readonly string[];
    readonly options: SetupOptions;
    /** Changes that it comes to. */
    readonly changes: number;
    /** What is answered; else nobody is asked. */
    readonly answers?: readonly string[];
}

const examples: Readonly<Record<string, Example>> = {
    'a new ProxyVM, one client': {
        args: ['sys-filter', 'work'],
        options: {},
        changes: 3,
    },
    'a new ProxyVM, clients with a netvm by default and of their own': {
        args: ['sys-filter', 'work', 'personal', 'work-dvm'],
        options: {},
        changes: 5,
    },
    'a halted ProxyVM that is moved itself': {
        args: ['sys-filter2', 'personal', 'banking'],
        options: { qubes: [...unfiltered, spare] },
        changes: 4,
    },
    'a qube without netvm': {
        args: ['sys-filter', 'vault', '--netvm', 'sys-firewall'],
        options: {},
        changes: 3,
        // To be online, and not to be locked.
        answers: ['y', 'n'],
    },
};

const names = Object.keys(examples);
const hows = ['refused', 'half', 'hangs'] as const;

function exampleOf(name: string): Example {
    const example = examples[name];
    if (example === undefined) {
        throw new Error(`no example ${name}`);
    }
    return example;
}

/** The words that it is typed with, and dom0 before that. */
async function begin(name: string) {
    const { args, options, answers } = exampleOf(name);
    return answers === undefined
        ? { words: [...args, '--yes'], ...(await setupDom0(options)) }
        : {
              words: args,
              ...(await setupDom0({
                  ...options,
                  editor: fakeEditor([], answers),
              })),
          };
}

/** All that can be done wrong in one of the examples. */
const points = names.flatMap((name) =>
    Array.from({ length: exampleOf(name).changes }).flatMap((_, at) =>
        hows.map((how) => ({ name, at, how })),
    ),
);

test.each(points)(
    'nothing is left of $name when change $at is $how',
    async ({ name, at, how }) => {
        const { words, cli, qubes } = await begin(name);
        const before = qubes.picture;
        qubes.faults = [{ at, how }];
        const { exitCode, err } = await cli('setup', ...words);
        expect(exitCode).toBe(1);
        expect(err).toContain(`${words[0]} was not set up: `);
        expect(err).toContain('all is as it was\n');
        expect(qubes.picture).toBe(before);
    },
);

test.each(names)('%s comes to the steps that are tried here', async (name) => {
    const { words, cli, qubes } = await begin(name);
    expect((await cli('setup', ...words)).exitCode).toBe(0);
    expect(qubes.asked.length).toBe(exampleOf(name).changes);
});

describe('an interrupt', () => {
    const interrupts = names.flatMap((name) =>
        Array.from({ length: exampleOf(name).changes }, (_, at) => ({
            name,
            at,
        })),
    );

    test.each(interrupts)(
        'during change $at of $name takes all back',
        async ({ name, at }) => {
            const { words, cli, qubes, interrupt } = await begin(name);
            const before = qubes.picture;
            qubes.onChange = (count) => count === at && interrupt.abort();
            const { exitCode, err } = await cli('setup', ...words);
            expect(exitCode).toBe(1);
            expect(err).toMatch(/^interrupted: it waits for the step/);
            expect(err).toContain(`${words[0]} was not set up: it was inter`);
            expect(qubes.picture).toBe(before);
        },
    );
});

test('an interrupt that ends the call of the agent is told as one', async () => {
    const { cli, dom0, qubes, interrupt } = await setupDom0();
    const before = qubes.picture;
    Object.assign(dom0.deps, {
        callAgent: async () => {
            interrupt.abort();
            return err(callFailure('cut-off', 'it was killed'));
        },
    });
    const args = ['setup', 'sys-filter', 'work', '--yes'];
    expect((await cli(...args)).err).toContain('it was interrupted\n');
    expect(qubes.picture).toBe(before);
});

test('while it works it can be seen at what, and with which qube', async () => {
    const { dom0, qubes } = await setupDom0();
    const plan = await planNow(dom0.deps, {
        proxyvm: 'sys-filter',
        clients: ['work'],
        netvm: null,
        basedOn: null,
    });
    const seen: string[] = [];
    const progress: Progress = {
        begin: (doing, [qube]) => {
            seen.push(`${doing} ${qube}`);
            return () => seen.push('done');
        },
    };
    qubes.faults = [{ at: 2, how: 'half' }];
    const deps = { ...dom0.deps, progress };
    await runSetup(deps, plan.steps, new AbortController().signal);
    expect(seen.filter((each) => each !== 'done')).toEqual([
        ...['making sys-filter', 'starting sys-filter', 'asking sys-filter'],
        ...['moving work', 'taking back work'],
        ...['taking back sys-filter', 'taking back sys-filter'],
    ]);
    expect(seen.length).toBe(14);
});

test('a ProxyVM whose agent does not answer gets no client', async () => {
    const { cli, qubes } = await setupDom0({ hasAgent: false });
    const before = qubes.picture;
    const { exitCode, err } = await cli('setup', 'sys-filter', 'work', '--yes');
    expect(exitCode).toBe(1);
    expect(err).toContain('sys-filter was not set up: sys-filter: ');
    expect(qubes.asked.at(-2)).toBe('qvm-shutdown --wait sys-filter');
    expect(qubes.asked.at(-1)).toBe('qvm-remove --force sys-filter');
    expect(qubes.picture).toBe(before);
});

test('a qube of that name that somebody else makes meanwhile is not removed', async () => {
    const { cli, qubes } = await setupDom0();
    qubes.onChange = (count) => {
        if (count === 0) {
            qubes.states.set('sys-filter', {
                ...spare,
                name: 'sys-filter',
                follows: false,
            });
        }
    };
    qubes.faults = [{ at: 0, how: 'refused' }];
    const { err } = await cli('setup', 'sys-filter', 'work', '--yes');
    expect(qubes.asked.length).toBe(1);
    expect(err).toContain(
        'to take back what is left, type in this order:\n' +
            '    qvm-remove --force sys-filter\n',
    );
});

/** The commands that were told, as they were told. */
function toldIn(err: string): string[][] {
    const [, told = ''] = err.split('type in this order:\n');
    return told
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.trim().split(' '));
}

test('what could not be taken back is by what it says to type', async () => {
    let left = 0;
    const fault = fc.record({
        at: fc.nat(12),
        how: fc.constantFrom(...hows),
    });
    const run = fc.asyncProperty(
        fc.constantFrom(...points),
        fc.uniqueArray(fault, { selector: ({ at }) => at, maxLength: 4 }),
        async ({ name, at, how }, others: readonly Fault[]) => {
            const { args, options } = exampleOf(name);
            const { cli, qubes } = await setupDom0(options);
            const before = qubes.picture;
            const later = others.filter((each) => each.at > at);
            qubes.faults = [{ at, how }, ...later];
            const { err } = await cli('setup', ...args, '--yes');
            qubes.faults = [];
            left += toldIn(err).length;
            for (const [file = '', ...words] of toldIn(err)) {
                // Of what failed and yet was done there is nothing left to do.
                qubes.type(file, words);
            }
            expect(qubes.picture).toBe(before);
        },
    );
    await fc.assert(run, { seed: 20261128, numRuns: 150 });
    expect(left).toBeGreaterThan(20);
});

const qubeNames = ['banking', 'personal', 'vault', 'work', 'work-dvm'];
const netvmNames = ['sys-filter', 'sys-filter2', 'sys-firewall', 'sys-net'];

/** Qubes in any order of netvms that has no loop. */
const systems = fc
    .record({
        netvms: fc.array(fc.nat(4), { minLength: 9, maxLength: 9 }),
        running: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
        following: fc.subarray(qubeNames),
    })
    .map(({ netvms, running, following }) => {
        const chained = netvmNames.map((name, at) => ({
            name,
            // Behind one of those that stand later in the list.
            netvm: netvmNames[at + 1 + (netvms[at] ?? 0)] ?? null,
        }));
        const clients = qubeNames.map((name, at) => ({
            name,
            netvm: following.includes(name)
                ? 'sys-firewall'
                : (netvmNames[netvms[at + 4] ?? 0] ?? null),
        }));
        const all = [...chained, ...clients].map((qube, at) => ({
            ...qube,
            xid: running[at] ? at + 1 : -1,
        }));
        const runs = (name: string | null) =>
            all.find((qube) => qube.name === name)?.xid ?? -1;
        return {
            following,
            // A running qube's netvm runs.
            qubes: exampleWith(
                ...all.map((qube) => ({
                    ...qube,
                    xid:
                        qube.netvm === null || runs(qube.netvm) > 0
                            ? qube.xid
                            : -1,
                    ip: `10.137.1.${all.indexOf(qube)}`,
                    gateway: qube.netvm === null ? null : '10.137.1.99',
                    ip6: null,
                    gateway6: null,
                })),
            ),
        };
    });

test('whatever the netvms are, all clients are behind it or nothing is changed', async () => {
    let done = 0;
    const run = fc.asyncProperty(
        systems,
        fc.constantFrom('sys-filter', 'sys-filter2', 'sys-new'),
        fc.subarray(qubeNames, { minLength: 1 }),
        fc.option(fc.constantFrom(...netvmNames)),
        async ({ qubes: all, following }, proxyvm, clients, netvm) => {
            const { cli, qubes, dom0 } = await setupDom0({
                qubes: all,
                following,
            });
            Object.assign(dom0.deps, {
                callAgent: async () => ({ ok: true, value: emptyReport }),
            });
            const before = new Map(qubes.states);
            const picture = qubes.picture;
            const option = netvm === null ? [] : ['--netvm', netvm];
            const args = ['setup', proxyvm, ...clients, ...option];
            const first = await cli(...args, '--yes');
            if (qubes.asked.length === 0 || first.exitCode !== 0) {
                expect(first.err + first.out).not.toBe('');
                expect(qubes.picture).toBe(picture);
                return;
            }
            done += 1;
            const own = qubes.states.get(proxyvm);
            for (const [name, after] of qubes.states) {
                const isClient = clients.includes(name);
                const was = before.get(name)?.netvm ?? null;
                if (isClient) {
                    expect(after.netvm).toBe(proxyvm);
                    // It goes out where it did, unless it was told otherwise.
                    expect([own?.netvm, proxyvm]).toContain(netvm ?? was);
                } else if (name !== proxyvm) {
                    expect(after.netvm ?? null).toBe(was);
                }
            }
            const count = qubes.asked.length;
            expect((await cli(...args, '--yes')).out).toContain(
                'nothing to do',
            );
            expect(qubes.asked.length).toBe(count);
        },
    );
    await fc.assert(run, { seed: 20261128, numRuns: 150 });
    expect(done).toBeGreaterThan(20);
});

const emptyReport = {
    agent: '0.1.0',
    tinyproxy: '1.11.1',
    steps: [],
    clients: [],
    ended: [],
};
