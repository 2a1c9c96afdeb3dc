// The policy file that lets a management qube do what dom0 does else, and no more:
// evaluated for each call that the commands make.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { managementQrexec } from '../../dom0/adapters/qrexec.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Verb } from '../../shared/protocol/answer.ts';
import {
    type Running,
    startCapturedQubes,
} from '../testbed/contract/capture-state.ts';
import {
    runStandIn,
    runStandInWith,
} from '../testbed/contract/run-stand-in.ts';
import {
    decidingRule,
    type PolicyQube,
    type PolicyRule,
    parsePolicy,
} from '../testbed/qrexec/policy.ts';
import { Api, ApiError } from '../testbed/qubesd/tools/api.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { outcome } from './outcome.ts';
import { nameOf } from './rules.ts';

const admin = 'filterproxy-admin';
const policies = join(import.meta.dirname, '../../qubes-rpc');
const example = readFileSync(
    join(policies, 'policy-examples/30-filterproxy-admin.policy'),
    'utf8',
);
const ours = readFileSync(
    join(policies, 'policy/80-filterproxy.policy'),
    'utf8',
);

/** dom0's policy, as it decides on calls of the management qube. */
class Policy {
    readonly used = new Set<PolicyRule>();
    readonly refused: string[] = [];
    readonly rules: readonly PolicyRule[];
    private readonly qubes: Map<string, PolicyQube>;

    constructor(rules: readonly PolicyRule[], qubes: Map<string, PolicyQube>) {
        this.rules = rules;
        this.qubes = qubes;
    }

    /** It has no tags any more. */
    forget(name: string): void {
        this.qubes.set(name, { klass: 'AppVM', tags: new Set() });
    }

    /** The rule that allows it, or null. */
    decide(service: string, argument: string, target: string) {
        const request = { service, argument, source: admin, target };
        const rule = decidingRule(this.rules, request, (name) =>
            this.qubes.get(name),
        );
        if (rule?.action === 'allow') {
            this.used.add(rule);
            return rule;
        }
        this.refused.push(`${service}${argument} ${target}`);
        return null;
    }
}

/** qubesd, as qubesadmin reaches it over qrexec. */
class PolicedApi extends Api {
    private readonly policy: Policy;

    constructor(socketPath: string, policy: Policy) {
        super(socketPath);
        this.policy = policy;
    }

    override async call(
        method: string,
        dest: string,
        arg = '',
        payload?: string,
    ): Promise<string> {
        const rule = this.policy.decide(method, `+${arg}`, dest);
        if (rule?.parameters.get('target') !== 'dom0') {
            throw new ApiError({
                type: 'QubesDaemonAccessError',
                message: 'Service call error: Request refused',
            });
        }
        const reply = await super.call(method, dest, arg, payload);
        return method === 'admin.vm.List' && dest === 'dom0'
            ? this.listed(reply)
            : reply;
    }

    /** Of those that it may list (qubes-core-admin qubes/ext/admin.py). */
    private listed(reply: string): string {
        return reply
            .split('\n')
            .filter((line) => {
                const [name = ''] = line.split(' ');
                return (
                    name === '' ||
                    this.policy.decide('admin.vm.List', '+', name) !== null
                );
            })
            .join('\n');
    }
}

let running: Running;

beforeEach(async () => {
    running = await startCapturedQubes([
        'sys-net',
        'sys-firewall',
        'sys-filter',
        'work',
    ]);
    const { socketPath } = running;
    await inDom0('qvm-create', '--label', 'black', admin);
    await inDom0('qvm-tags', 'work', 'add', 'filterproxy');
    await inDom0('qvm-tags', 'sys-filter', 'add', 'filterproxy');

    async function inDom0(...command: string[]) {
        const { rc, stderr } = await runStandIn(socketPath, command);
        expect(stderr).toBe('');
        expect(rc).toBe(0);
    }
});
afterEach(() => running.close());

async function qubesOf(api: Api): Promise<Map<string, PolicyQube>> {
    const qubes = new Map<string, PolicyQube>();
    for (const { name, klass } of await api.list()) {
        const tags = await api.call('admin.vm.tag.List', name);
        qubes.set(name, { klass, tags: new Set(tags.split('\n')) });
    }
    return qubes;
}

interface AdminQube {
    readonly qube: FakeDom0;
    readonly policy: Policy;
}

/** Our programs there, with that policy in dom0. */
async function adminQube(rules: readonly PolicyRule[]): Promise<AdminQube> {
    const direct = new Api(running.socketPath);
    const policy = new Policy(rules, await qubesOf(direct));
    const api = new PolicedApi(running.socketPath, policy);
    const { agent } = obedientAgent();
    const tool: RunCommand = async (file, args) => {
        const { rc, stdout, stderr } = await runStandInWith(api, [
            file,
            ...args,
        ]);
        return outcome({ exitCode: rc, stdout, stderr });
    };
    const qube = await fakeDom0({
        qrexec: managementQrexec,
        tools: {
            'qvm-ls': tool,
            'qvm-prefs': tool,
            'qvm-firewall': tool,
            'qrexec-client-vm': async (
                _,
                [target = '', call = ''],
                options,
            ) => {
                const [service = '', verb = ''] = call.split('+');
                const rule = policy.decide(service, `+${verb}`, target);
                return rule === null
                    ? outcome({ exitCode: 126, stderr: 'Request refused\n' })
                    : agent(verb as Verb, String(options?.input ?? ''));
            },
        },
    });
    return { qube, policy };
}

const session = [
    ['allow', 'work', 'a.test'],
    ['list', '--effective'],
    ['show'],
    ['check', 'work', 'a.test'],
    ['lock', 'work'],
    ['unlock', 'work'],
    ['update'],
    ['blocked'],
    ['restart', 'work'],
    ['learn', 'work', '--for', '10m'],
    ['learn', 'work', '--stop'],
    ['history'],
    ['undo'],
    ['stop', 'work'],
    ['start', 'work'],
    ['allow', 'work', 'a.test'],
    ['remove', 'work', 'a.test'],
];

/** What fails of all that is usually done. */
async function failures({ qube }: AdminQube): Promise<string[]> {
    const failed: string[] = [];
    // A tag with a file is asked for, though it begins like an option.
    const { config } = qube;
    await import('node:fs/promises').then(({ writeFile }) =>
        writeFile(config('tags/-office.rules'), 'b\\.test$\n'),
    );
    for (const words of session) {
        const { exitCode, err } = await qube.cli(...words);
        if (exitCode !== 0) {
            failed.push(`${words.join(' ')}: ${err}`);
        }
    }
    // As the daemon asks for the qube of an event.
    try {
        await qube.deps.inventory.one(nameOf('work'));
    } catch (error) {
        failed.push(String(error));
    }
    return failed;
}

describe('in a management qube', () => {
    const rules = parsePolicy(`${example}\n${ours}`);
    const isForEvents = ({ service }: PolicyRule) => service === 'admin.Events';

    test('all that is usually done is allowed', async () => {
        const there = await adminQube(rules);
        expect(await failures(there)).toEqual([]);
        expect(there.policy.refused).toEqual([]);
    });

    test('each line of the example is needed', async () => {
        const there = await adminQube(rules);
        await failures(there);
        const needed = parsePolicy(example).filter(
            (rule) => rule.action === 'allow' && !isForEvents(rule),
        );
        expect(
            [...there.policy.used].map(({ line }) => line).sort(byNumber),
        ).toEqual(needed.map(({ line }) => line).sort(byNumber));
        for (const { line } of needed) {
            const without = await adminQube(
                rules.filter((rule) => rule.line !== line),
            );
            await failures(without);
            expect([line, without.policy.refused.length > 0]).toEqual([
                line,
                true,
            ]);
        }
    });

    test('events are heard of all qubes', () => {
        const events = parsePolicy(example).filter(isForEvents);
        expect(events.map(({ target }) => target)).toEqual([
            '@adminvm',
            '@anyvm',
        ]);
        expect(events.every(({ argument }) => argument === '*')).toBe(true);
    });

    test('no ProxyVM is started by a call, and its agent is called as root', () => {
        const [call] = parsePolicy(example).filter(
            ({ service }) => service === 'qubes.FilterProxy',
        );
        expect(call?.parameters.get('autostart')).toBe('no');
        expect(call?.parameters.get('user')).toBe('root');
    });

    test('a ProxyVM without the tag is not told anything, and it is said why', async () => {
        await runStandIn(running.socketPath, [
            ...['qvm-tags', 'sys-filter', 'del', 'filterproxy'],
        ]);
        const { qube, policy } = await adminQube(rules);
        const { exitCode, out, err } = await qube.cli(
            'allow',
            'work',
            'a.test',
        );
        expect(exitCode).toBe(1);
        expect(out + err).toContain('which tag sys-filter needs');
        expect(new Set(policy.refused)).toEqual(
            new Set(['qubes.FilterProxy+apply sys-filter']),
        );
    });

    test('of those that it may not call only its own are missed by kill-all', async () => {
        const { qube, policy } = await adminQube(rules);
        await qube.cli('allow', 'work', 'a.test');
        const all = await qube.cli('kill-all');
        expect(all.err).toBe('');
        expect(all.exitCode).toBe(0);
        expect(all.out).toContain('sys-filter: serves nobody');
        expect(all.out).toContain('lets this qube not: sys-firewall, sys-net');
        const restarted = await qube.cli('kill-all-and-restart');
        expect(restarted.exitCode).toBe(0);
        expect(new Set(policy.refused)).toEqual(
            new Set([
                'qubes.FilterProxy+apply sys-firewall',
                'qubes.FilterProxy+apply sys-net',
            ]),
        );
    });

    test('kill-all fails for one of its own that it may not call any more', async () => {
        const { qube, policy } = await adminQube(rules);
        await qube.cli('allow', 'work', 'a.test');
        policy.forget('sys-filter');
        const { exitCode, err } = await qube.cli('kill-all');
        expect(err).toContain('sys-filter could not be told');
        expect(exitCode).toBe(1);
    });

    test('the firewall of a qube without the tag stays as it is', async () => {
        await runStandIn(running.socketPath, [
            ...['qvm-tags', 'work', 'del', 'filterproxy'],
        ]);
        const { qube } = await adminQube(rules);
        const { exitCode, err } = await qube.cli('lock', 'work');
        expect(exitCode).toBe(1);
        expect(err).toContain('qvm-firewall');
    });
});

function byNumber(one: number, other: number): number {
    return one - other;
}

describe('without the example', () => {
    test('no qube may call the agent of another one', () => {
        const qubes = new Map<string, PolicyQube>([
            ['dom0', { klass: 'AdminVM', tags: new Set() }],
            ['work', { klass: 'AppVM', tags: new Set(['filterproxy']) }],
            ['sys-filter', { klass: 'AppVM', tags: new Set() }],
        ]);
        for (const target of ['dom0', 'sys-filter']) {
            const rule = decidingRule(
                parsePolicy(ours),
                {
                    service: 'qubes.FilterProxy',
                    argument: '+apply',
                    source: 'work',
                    target,
                },
                (name) => qubes.get(name),
            );
            expect(rule?.action).toBe('deny');
        }
    });
});
