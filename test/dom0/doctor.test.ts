// The doctor names every way in which a request may fail on its way, and what
// mends it. The tables are typed as records, so that a new way to fail has to
// be named here before anything compiles.
import { readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CallFailure, callFailure } from '../../dom0/core/agent-answer.ts';
import type { ProbeEnd } from '../../dom0/core/doctor/probe.ts';
import type { KnownWayAround } from '../../dom0/core/firewall.ts';
import type { Unserved } from '../../dom0/core/place.ts';
import type { Situation } from '../../dom0/core/situation.ts';
import { Failure } from '../../dom0/failure.ts';
import { pathsUnder } from '../../dom0/paths.ts';
import type { Answer, ErrorCode } from '../../shared/protocol/answer.ts';
import type {
    Examination,
    InputRule,
} from '../../shared/protocol/examination.ts';
import { err } from '../../shared/result.ts';
import {
    examined,
    type FakeAgent,
    noAgent,
    obedientAgent,
} from './fake-agent.ts';
import { type FakeDom0, type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { exampleQubes, exampleWith, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

interface Ill {
    readonly dom0: FakeDom0;
    /** What the agent says instead, if it says anything else. */
    says: ((verb: string) => ReturnType<FakeAgent> | null) | null;
}

/** A dom0 where work is served, locked, and nothing is wrong. */
async function healthy(options: FakeDom0Options = {}): Promise<Ill> {
    const { agent } = obedientAgent();
    const sysFilter: FakeAgent = (verb, input) =>
        ill.says?.(verb) ?? upToDate(verb, agent(verb, input));
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n' },
        agents: { 'sys-filter': sysFilter },
        ...options,
    });
    const ill: Ill = { dom0, says: null };
    dom0.firewall.rules.set('work', [
        'action=drop comment=qvm-filterproxy lock',
        'action=accept',
    ]);
    await dom0.cli('update');
    return ill;
}

/** The plan of a ProxyVM that does what it is to do has no steps. */
function upToDate(verb: string, said: ReturnType<FakeAgent>) {
    return verb === 'plan'
        ? changedReport(said, (report) => ({ ...report, steps: [] }))
        : said;
}

type Report = NonNullable<Answer['report']>;

function changedReport(
    said: ReturnType<FakeAgent>,
    change: (report: Report) => Report,
) {
    const answer: Answer = JSON.parse(said.stdout.toString());
    const report = answer.report && change(answer.report);
    return outcome({ stdout: JSON.stringify({ ...answer, report }) });
}

interface Seen {
    readonly about: string;
    readonly check: string;
    readonly state: string;
    readonly message: string;
    readonly todo: readonly string[];
}

async function see(dom0: FakeDom0, ...qubes: string[]): Promise<Seen[]> {
    const { out, exitCode } = await dom0.cli('doctor', ...qubes, '--json');
    const { checks }: { checks: Seen[] } = JSON.parse(out);
    const hasFailed = checks.some(({ state }) => state === 'failed');
    expect(exitCode).toBe(hasFailed ? 1 : 0);
    return checks;
}

interface Named {
    /** `ABOUT CHECK` */
    readonly check: string;
    readonly state?: 'ok' | 'unknown';
    readonly message: RegExp;
    /** In one of the lines that say what to do; left out: there is none. */
    readonly todo?: string;
}

/** That check says so, and every other one that failed is expected too. */
async function expectNamed(
    dom0: FakeDom0,
    { check, state, message, todo }: Named,
    qube = 'work',
): Promise<void> {
    const checks = await see(dom0, qube);
    const found = checks.find(
        (each) => `${each.about} ${each.check}` === check,
    );
    expect(found).toMatchObject({
        state: state ?? 'failed',
        message: expect.stringMatching(message),
    });
    if (todo === undefined) {
        expect(found?.todo).toEqual([]);
    } else {
        expect(found?.todo.join('\n')).toContain(todo);
    }
}

const update = 'to bring it up to date: qvm-filterproxy update sys-filter';
const restart =
    'to start it anew: qvm-shutdown --force --wait sys-filter && qvm-start sys-filter';

test('where nothing is wrong every check is in order', async () => {
    const { dom0 } = await healthy();
    expect(await dom0.cli('doctor', 'work')).toEqual({
        exitCode: 0,
        err: '',
        out: [
            'ok    dom0        daemon          qubes-filterproxyd runs, and hears of all changes',
            'ok    dom0        policy          no qube may call the agents',
            'ok    dom0        files           what is kept of times, stops and visits can be read',
            'ok    sys-filter  agent           0.1.0 answers',
            'ok    sys-filter  tinyproxy       1.11.1',
            'ok    sys-filter  custom-input    our rule is there, before all others',
            'ok    sys-filter  nftables        our table is there as it was loaded',
            'ok    sys-filter  resolver        an answer of 10.139.1.1',
            'ok    sys-filter  qubes-firewall  it runs, and its tables are there',
            'ok    sys-filter  up-to-date      what is in force is what is wanted',
            'ok    work        rules           1 rule, without an error',
            'ok    work        stop            nobody has stopped it',
            'ok    work        netvm           attached to sys-filter, and runs',
            "ok    work        address         10.137.0.5, and nobody else's behind its netvm",
            'ok    work        proxy           its port 8100 leads to a proxy that runs',
            'ok    work        request         a.test:443 answers it through the proxy',
            'ok    work        lock            locked',
            'nothing is wrong, 17 checks are in order',
            '',
        ].join('\n'),
    });
});

test('a failure is followed by what mends it, and by what waits for that', async () => {
    const { dom0 } = await healthy({ agents: {} });
    dom0.firewall.rules.delete('work');
    const { out, err: said, exitCode } = await dom0.cli('doctor', 'work');
    expect([said, exitCode]).toEqual(['', 1]);
    expect(out.split('\n').slice(3)).toEqual([
        'FAIL  sys-filter  agent           it has no filter proxy agent',
        '      to filter in sys-filter: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-filter',
        ...[
            '-     sys-filter  tinyproxy       not looked at: see its agent',
            '-     sys-filter  custom-input    not looked at: see its agent',
            '-     sys-filter  nftables        not looked at: see its agent',
            '-     sys-filter  resolver        not looked at: see its agent',
            '-     sys-filter  qubes-firewall  not looked at: see its agent',
            '-     sys-filter  up-to-date      not looked at: see its agent',
        ],
        'ok    work        rules           1 rule, without an error',
        'ok    work        stop            nobody has stopped it',
        'ok    work        netvm           attached to sys-filter, and runs',
        "ok    work        address         10.137.0.5, and nobody else's behind its netvm",
        "-     work        proxy           not looked at: see sys-filter's agent",
        "-     work        request         not looked at: see sys-filter's agent",
        'FAIL  work        lock            it can go around its proxy, its Qubes firewall lets out: everything',
        '      to lock it: qvm-filterproxy lock work',
        '2 of 17 checks failed; 8 could not be made',
        '',
    ]);
});

test('without a name it looks at all qubes with rules, and at each netvm once', async () => {
    const { dom0 } = await healthy();
    await dom0.cli('allow', 'banking', 'b.test');
    await dom0.cli('allow', 'personal', 'p.test');
    const abouts = (await see(dom0)).map(({ about }) => about);
    expect([...new Set(abouts)]).toEqual([
        ...['dom0', 'sys-filter', 'sys-firewall'],
        ...['banking', 'personal', 'work'],
    ]);
    expect(abouts.filter((each) => each === 'sys-filter')).toHaveLength(7);
});

test('a ProxyVM is looked at with its clients that have rules', async () => {
    const { dom0 } = await healthy();
    await dom0.cli('allow', 'personal', 'p.test');
    const abouts = async (name: string) => [
        ...new Set((await see(dom0, name)).map(({ about }) => about)),
    ];
    expect(await abouts('sys-filter')).toEqual(['dom0', 'sys-filter', 'work']);
    expect(await abouts('sys-filter2')).toEqual(['dom0', 'sys-filter2']);
    const { out } = await dom0.cli('doctor', 'sys-filter2');
    expect(out).toMatch(/\nno qube with rules\n$/);
});

describe('of dom0 it names', () => {
    test('a daemon that does not run', async () => {
        const { dom0 } = await healthy();
        dom0.daemon = null;
        await expectNamed(dom0, {
            check: 'dom0 daemon',
            message: /does not run/,
            todo: 'to start it: sudo systemctl enable --now qubes-filterproxyd',
        });
    });

    test('a daemon that hears nothing', async () => {
        const { dom0 } = await healthy();
        dom0.daemon = { pid: 1, isListening: false, pending: [] };
        await expectNamed(dom0, {
            check: 'dom0 daemon',
            message: /hears nothing from qubesd/,
            todo: 'systemctl status qubesd qubes-filterproxyd',
        });
    });

    const policy = 'etc/qubes/policy.d/80-filterproxy.policy';

    test('a policy whose line is gone', async () => {
        const { dom0 } = await healthy();
        const path = join(dom0.root, policy);
        const text = readFileSync(path, 'utf8');
        await writeFile(path, text.replace(/^.*@anyvm @anyvm.*\n/m, ''));
        const named = {
            check: 'dom0 policy',
            message: /keeps all qubes from calling the agents/,
            todo: `to put it there: echo 'qubes.FilterProxy * @anyvm @anyvm deny notify=no' | sudo tee -a /${policy}`,
        };
        await expectNamed(dom0, named);
        await rm(path);
        await expectNamed(dom0, named);
    });

    test('the line that lets somebody call the agents', async () => {
        const { dom0 } = await healthy();
        await writeFile(
            join(dom0.root, 'etc/qubes/policy.d/30-user.policy'),
            '# mine\nqubes.FilterProxy * mgmt @anyvm allow\n',
        );
        await expectNamed(dom0, {
            check: 'dom0 policy',
            state: 'ok',
            message: /mgmt \(.*30-user\.policy:2\)/,
        });
    });

    test.each(['@anyvm', '*', '@type:AppVM'])(
        'a line that lets %s call the agents',
        async (source) => {
            const { dom0 } = await healthy();
            await writeFile(
                join(dom0.root, 'etc/qubes/policy.d/30-user.policy'),
                `qubes.FilterProxy * ${source} @anyvm allow\n`,
            );
            await expectNamed(dom0, {
                check: 'dom0 policy',
                message: /more than one qube.*30-user\.policy:1/,
                todo: `in the place of ${source}`,
            });
        },
    );

    test('a line of the policy that includes what is not read', async () => {
        const { dom0 } = await healthy();
        await writeFile(
            join(dom0.root, 'etc/qubes/policy.d/30-user.policy'),
            '!include include/mine\n',
        );
        await expectNamed(dom0, {
            check: 'dom0 policy',
            state: 'unknown',
            message:
                /30-user\.policy:1 includes other files.*look there for qubes/,
        });
    });

    test('a policy of the old kind, where there is one', async () => {
        const { dom0 } = await healthy();
        await writeFile(
            join(dom0.root, 'etc/qubes/policy.d/35-compat.policy'),
            '!compat-4.0\n',
        );
        const old = join(dom0.root, 'etc/qubes-rpc/policy');
        await mkdir(old, { recursive: true });
        await writeFile(join(old, 'qubes.FilterProxyX'), '$anyvm $anyvm allow');
        const check = 'dom0 policy';
        const message = /no qube may call/;
        await expectNamed(dom0, { check, state: 'ok', message });
        await writeFile(join(old, 'qubes.FilterProxy+apply'), 'a $anyvm allow');
        await expectNamed(dom0, {
            check,
            state: 'unknown',
            message: /35-compat\.policy:1 .*policy\/qubes\.FilterProxy\+apply/,
        });
    });

    test.each([
        ['expired.json', 'expire=9999999999', /expired\.json: /],
        ['expired.json', '', /expired\.json: .*: rm \/etc.*\/expired\.json$/],
        ['learning.json', '', /learning\.json: /],
        ['qubes/dom0.rules', '', /dom0\.rules: not in force/],
    ])('%s that cannot be read', async (file, option, message) => {
        const { dom0 } = await healthy({
            rules: { work: `^a\\.test$ ${option}\n` },
        });
        await writeFile(dom0.config(file), '{');
        const checks = await see(dom0, 'work');
        expect(checks.find(({ check }) => check === 'files')).toMatchObject({
            state: 'failed',
            message: expect.stringMatching(message),
        });
    });

    test.each([
        ['sys-filter.told', 'x y', /\.told: .*to mend it: rm \/.*, then qvm-f/],
        ['sys-filter.visited', '{', /\.visited: .*to mend it: rm \//],
        ['expiries.json', '{', /expiries\.json: .*to mend it: rm \//],
        [`${uuidOf('work')}.learned`, '{', /\.learned: .*to mend it: rm \//],
    ])(
        'a note %s that cannot be read, and goes on',
        async (file, text, message) => {
            const { dom0 } = await healthy();
            await writeFile(join(pathsUnder(dom0.root).run, file), text);
            const check = 'dom0 files';
            await expectNamed(dom0, { check, message });
            expect((await see(dom0, 'work')).length).toBe(17);
        },
    );

    test('that the daemon lets be known what cannot be read, and goes on', async () => {
        const { dom0 } = await healthy();
        const message = 'daemon.json: it is not JSON; to mend it: rm that';
        Object.assign(dom0.deps.daemon, {
            read: () => Promise.reject(new Failure(message)),
        });
        await expectNamed(dom0, {
            check: 'dom0 daemon',
            message: /daemon\.json: it is not JSON; to mend it: rm that$/,
        });
        expect((await see(dom0, 'work')).length).toBe(17);
    });

    test('that it is not known who is stopped', async () => {
        const { dom0 } = await healthy();
        await writeFile(dom0.config('stopped.json'), '{');
        await expectNamed(dom0, {
            check: 'dom0 qubes',
            message: /stopped\.json: /,
            todo: 'to write it anew, none stopped: qvm-filterproxy start --all',
        });
    });

    test.each([
        ['does not answer', 'qubesadmin.exc.QubesDaemonCommunicationError: x'],
        [
            'is stopped',
            'qvm-ls: Error: Failed to connect to qubesd service: [Errno 111] Connection refused\n',
        ],
        ['fails', 'qvm-ls: error: Got empty response from qubesd'],
    ])('a qubesd that %s', async (name, stderr) => {
        const { dom0 } = await healthy();
        const failing = async () => outcome({ exitCode: 1, stderr });
        const broken = await fakeDom0({ tools: { 'qvm-ls': failing } });
        await expectNamed(broken, {
            check: 'dom0 qubes',
            message:
                name === 'fails'
                    ? /^qvm-ls: Got empty response from qubesd$/
                    : /^qvm-ls: qubesd does not answer; to start it: sudo systemctl start qubesd$/,
        });
        expect((await see(dom0, 'work')).length).toBe(17);
    });
});

describe('of a ProxyVM that is no help it names', () => {
    const again = 'install the package qubes-filterproxy again in fedora-41';
    const failures: Record<CallFailure['kind'], string> = {
        'not-called': update,
        halted: 'to start it: qvm-start sys-filter',
        unreachable: 'if it is paused: qvm-unpause sys-filter',
        refused: again,
        'not-allowed': 'qvm-tags sys-filter add filterproxy',
        'no-agent': 'install the package qubes-filterproxy in fedora-41',
        'cut-off': restart,
        'too-slow': restart,
        'bad-answer': again,
        'too-old': 'update the package qubes-filterproxy in fedora-41',
        'too-new': 'sudo qubes-dom0-update qubes-filterproxy-dom0',
        'agent-error': restart,
    };

    test.each(Object.entries(failures))('%s', async (kind, todo) => {
        const { dom0 } = await healthy();
        const failure = callFailure(kind as CallFailure['kind'], 'it is so');
        Object.assign(dom0.deps, { examine: async () => err(failure) });
        await expectNamed(dom0, {
            check: 'sys-filter agent',
            message: /^it is so$/,
            todo,
        });
    });

    const codes: Record<ErrorCode, string> = {
        denied: 'qvm-features sys-filter vm-config.filterproxy-admin',
        request: 'update the package qubes-filterproxy in fedora-41',
        stale: update,
        busy: update,
        unfit: restart,
        apply: restart,
        internal: "'journalctl -b -n 50'",
    };

    test.each(Object.entries(codes))('the error %s', async (code, todo) => {
        const ill = await healthy();
        ill.says = (verb) => (verb === 'examine' ? errorAnswer(code) : null);
        await expectNamed(ill.dom0, {
            check: 'sys-filter agent',
            message: code === 'request' ? /too old/ : /^"no wonder"$/,
            todo,
        });
    });

    function errorAnswer(code: string) {
        const error = { code, message: 'no wonder' };
        const rest = { service: 'qubes.FilterProxy', version: 1 };
        return outcome({
            exitCode: 1,
            stdout: JSON.stringify({ ...rest, error, report: null }),
        });
    }

    test.each([
        [
            { exitCode: 99, stderr: 'agent: Permission denied' },
            /99: "agent: Perm/,
        ],
        [{ exitCode: 126 }, /refuses the service/],
        [{ exitCode: 127 }, /no filter proxy agent/],
        [{ stdout: 'hello' }, /cannot be read: it is not JSON/],
        [{ stdout: answerOf(2) }, /speaks version 2 .*dom0 only 1/],
        [{ stdout: answerOf(0) }, /too old/],
        [{ exitCode: null, timedOut: true }, /did not answer in 30 seconds/],
    ])('an outcome %j', async (difference, message) => {
        const ill = await healthy();
        ill.says = () => outcome(difference);
        const checks = await see(ill.dom0, 'work');
        const agent = checks.find(({ check }) => check === 'agent');
        expect(agent).toMatchObject({
            state: 'failed',
            message: expect.stringMatching(message),
        });
        expect(agent?.todo).not.toEqual([]);
    });

    function answerOf(version: number): string {
        const service = 'qubes.FilterProxy';
        return JSON.stringify({ service, version, error: null, news: 1 });
    }
});

describe('in a ProxyVM it names', () => {
    async function expectExamined(
        change: Partial<Examination>,
        named: Named,
    ): Promise<void> {
        const ill = await healthy();
        ill.says = (verb) => (verb === 'examine' ? examined(change) : null);
        await expectNamed(ill.dom0, named);
    }

    test('a tinyproxy that is missing or too old', async () => {
        const unfit =
            'tinyproxy 1.10.0 is too old: install tinyproxy 1.11.1 or later in the template of this qube';
        await expectExamined(
            { tinyproxy: { version: '', unfit } },
            {
                check: 'sys-filter tinyproxy',
                message: /1\.10\.0 is too old: install/,
                todo: 'shut fedora-41 down, restart sys-filter, then qvm-filterproxy update sys-filter',
            },
        );
    });

    const inputRules: Record<InputRule, Named | null> = {
        ours: null,
        absent: {
            check: 'sys-filter custom-input',
            message: /our rule is gone from ip qubes custom-input/,
            todo: update,
        },
        foreign: {
            check: 'sys-filter custom-input',
            message: /not the first one there/,
            todo: update,
        },
        'no-chain': {
            check: 'sys-filter custom-input',
            message: /has no chain custom-input/,
            todo: restart,
        },
    };

    test.each(Object.entries(inputRules))(
        'the state %s of custom-input',
        async (ip, named) => {
            const rules = { ip: ip as InputRule, ip6: 'ours' as const };
            const good: Named = {
                check: 'sys-filter custom-input',
                state: 'ok',
                message: /before all others/,
            };
            await expectExamined({ inputRules: rules }, named ?? good);
        },
    );

    test('the same of IPv6, but not that there is none', async () => {
        await expectExamined(
            { inputRules: { ip: 'ours', ip6: 'absent' } },
            {
                check: 'sys-filter custom-input',
                message: /gone from ip6 qubes/,
                todo: update,
            },
        );
        await expectExamined(
            { inputRules: { ip: 'ours', ip6: 'no-chain' } },
            {
                check: 'sys-filter custom-input',
                state: 'ok',
                message: /before all others/,
            },
        );
    });

    const tables: Record<Examination['table'], RegExp | null> = {
        ours: null,
        absent: /our table inet qubes-filterproxy is gone/,
        foreign: /somebody has changed our table/,
    };

    test.each(Object.entries(tables))(
        'the state %s of our table',
        async (table, message) => {
            const check = 'sys-filter nftables';
            await expectExamined(
                { table: table as Examination['table'] },
                message === null
                    ? { check, state: 'ok', message: /as it was loaded/ }
                    : { check, message, todo: update },
            );
        },
    );

    const address = '10.139.1.1' as Examination['resolvers'][0]['address'];
    const second = '10.139.1.2' as Examination['resolvers'][0]['address'];
    const silent = { address, answers: false, isPermitted: true };

    test.each<[string, Examination['resolvers'], Named]>([
        [
            'none',
            [],
            {
                check: 'sys-filter resolver',
                message: /resolv\.conf names none/,
                todo: restart,
            },
        ],
        [
            'none that answers',
            [silent],
            {
                check: 'sys-filter resolver',
                message: /none answers \(10\.139\.1\.1\)/,
                todo: restart,
            },
        ],
        [
            'one that proxies may not ask',
            [{ address, answers: true, isPermitted: false }],
            {
                check: 'sys-filter resolver',
                message: /proxies may not ask 10\.139\.1\.1/,
                todo: update,
            },
        ],
        [
            'one of two that answers',
            [silent, { address: second, answers: true, isPermitted: true }],
            {
                check: 'sys-filter resolver',
                state: 'ok',
                message: /of 10\.139\.1\.2, but none of 10\.139\.1\.1: /,
            },
        ],
    ])('of resolvers %s', async (_, resolvers, named) => {
        await expectExamined({ resolvers }, named);
    });

    type Firewall = Examination['qubesFirewall'];

    test.each<[string, Partial<Firewall>, RegExp]>([
        [
            'does not run',
            { isActive: false, ip: false, ip6: false },
            /firewall does not run there, and there is no table ip qubes-firewall and no table ip6 qubes-firewall, so neither a lock nor any rule of qvm-firewall holds its clients$/,
        ],
        [
            'has ended, and left its tables',
            { isActive: false },
            /firewall does not run there, so its clients are held to the rules of before/,
        ],
        [
            'has lost its table',
            { ip: false },
            /^there is no table ip qubes-firewall, so neither a lock nor any rule of qvm-firewall holds its clients$/,
        ],
        [
            'has lost its table of IPv6',
            { ip6: false },
            /^there is no table ip6 qubes-firewall, so neither .* its clients over IPv6$/,
        ],
    ])("that Qubes' firewall %s", async (_, change, message) => {
        const whole = { isActive: true, ip: true, ip6: true };
        await expectExamined(
            { qubesFirewall: { ...whole, ...change } },
            {
                check: 'sys-filter qubes-firewall',
                message,
                todo: "qvm-run --no-gui -u root sys-filter 'systemctl restart qubes-firewall'",
            },
        );
    });

    test("that a lock is not known to hold where Qubes' firewall fails", async () => {
        const qubesFirewall = { isActive: true, ip: true, ip6: false };
        await expectExamined(
            { qubesFirewall },
            {
                check: 'work lock',
                state: 'unknown',
                message: /see sys-filter's qubes-firewall/,
            },
        );
    });

    test('nothing wrong where no IPv6 is, and no table for it', async () => {
        await expectExamined(
            {
                qubesFirewall: { isActive: true, ip: true, ip6: false },
                inputRules: { ip: 'ours', ip6: 'no-chain' },
            },
            {
                check: 'sys-filter qubes-firewall',
                state: 'ok',
                message: /it runs/,
            },
        );
    });

    test('that it does something else than is wanted', async () => {
        const ill = await healthy();
        const { agent } = obedientAgent();
        await ill.dom0.cli('allow', 'work', 'b.test');
        ill.says = (verb) =>
            verb === 'plan' ? agent('plan', planInput(ill)) : null;
        await expectNamed(ill.dom0, {
            check: 'sys-filter up-to-date',
            message: /it would serve work$/,
            todo: update,
        });
    });

    function planInput({ dom0 }: Ill): string {
        const uuid = uuidOf('work');
        expect(dom0.commands.at(-1)).toContain('+plan');
        return JSON.stringify({
            version: 1,
            issued: { boot: uuid, counter: 1 },
            clients: [
                {
                    name: 'work',
                    uuid,
                    xid: 5,
                    stubdomXid: null,
                    ranBefore: [],
                    ip4: { client: '10.137.0.5', gateway: '10.137.0.4' },
                    ip6: null,
                    filter: null,
                    deadlines: [],
                    narrowing: 'end',
                },
            ],
        });
    }

    test('that it cannot say what it would do', async () => {
        const ill = await healthy();
        ill.says = (verb) =>
            verb === 'plan' ? outcome({ exitCode: 255 }) : null;
        await expectNamed(ill.dom0, {
            check: 'sys-filter up-to-date',
            message: /went away in the middle/,
            todo: restart,
        });
    });

    test.each<[string, Examination['proxies'], RegExp]>([
        ['has ended', [proxy({ isAlive: false })], /its proxy does not run/],
        [
            'is not the one that it is led to',
            [proxy({ hasDoor: false })],
            /does not lead to its own proxy/,
        ],
        ['is not there', [], /leads to no proxy/],
    ])('a proxy that %s', async (_, proxies, message) => {
        await expectExamined(
            { proxies },
            { check: 'work proxy', message, todo: update },
        );
    });

    function proxy(change: Partial<Examination['proxies'][0]>) {
        const name = 'work' as Examination['proxies'][0]['name'];
        const uuid = uuidOf('work') as Examination['proxies'][0]['uuid'];
        const good = { isAlive: true, hasDoor: true };
        return { name, uuid, port: 8101, ...good, ...change };
    }
});

describe('of a qube it names', () => {
    const own = ['to give work its own: qvm-prefs --default work ip'];
    const isOut: FakeDom0Options['qubes'] = exampleWith({
        name: 'work',
        xid: -1,
    });
    interface Case {
        readonly options?: FakeDom0Options;
        readonly typed?: readonly string[];
        readonly qubes?: FakeDom0Options['qubes'];
        readonly qube?: string;
        readonly named: Named;
    }
    const unserved: Record<Unserved['kind'], Case> = {
        stopped: {
            typed: ['stop', 'work'],
            named: {
                check: 'work stop',
                message: /stopped \(since .*, by user\)/,
                todo: 'to start it: qvm-filterproxy start work',
            },
        },
        'foreign-file': {
            options: { owners: { work: uuidOf('other') } },
            named: {
                check: 'work rules',
                message: /was written for another qube/,
                todo: 'qvm-filterproxy restore work',
            },
        },
        'no-netvm': {
            qubes: exampleWith({ name: 'work', netvm: null }),
            named: {
                check: 'work netvm',
                message: /has no netvm/,
                todo: 'qvm-prefs work netvm NETVM',
            },
        },
        halted: {
            qubes: isOut,
            named: {
                check: 'work netvm',
                state: 'unknown',
                message: /does not run itself/,
                todo: 'to start it: qvm-start work',
            },
        },
        'for-disposables': {
            options: { rules: { 'work-dvm': '^a\\.test$\n' } },
            qube: 'work-dvm',
            named: {
                check: 'work-dvm netvm',
                state: 'unknown',
                message: /for its disposables: none runs/,
            },
        },
        'netvm-halted': {
            qubes: exampleWith({ name: 'sys-filter', xid: -1 }),
            named: {
                check: 'work netvm',
                message: /sys-filter is halted/,
                todo: 'to start it: qvm-start sys-filter',
            },
        },
        'no-address': {
            qubes: exampleWith({
                name: 'work',
                gateway: null,
                gateway6: null,
            }),
            named: {
                check: 'work address',
                message: /no address/,
                todo: 'qvm-prefs --default work ip',
            },
        },
        'same-address': {
            qubes: exampleWith({ name: 'banking', ip: '10.137.0.5' }),
            named: {
                check: 'work address',
                message: /also that of banking/,
                todo: own.join(),
            },
        },
        'too-many-clients': {
            options: {
                files: { 'tags/many.rules': '^a\\.test$\n' },
                tags: { many: manyNames() },
                rules: {},
            },
            qubes: [...exampleQubes, ...many()],
            qube: 'z200',
            named: {
                check: 'z200 netvm',
                message: /more than the 200 clients/,
                todo: 'qvm-prefs z200 netvm NETVM',
            },
        },
    };

    function manyNames(): string[] {
        return Array.from({ length: 201 }, (_, at) => `z${at + 1000}`)
            .map((name) => name.replace('z1', 'z'))
            .sort();
    }

    function many() {
        return manyNames().map((name, at) => ({
            name,
            netvm: 'sys-filter',
            ip: `10.138.0.${at}`,
            gateway: '10.137.0.4',
            xid: 1000 + at,
        }));
    }

    test.each(Object.entries(unserved))(
        '%s',
        async (_, { options, typed, qubes, qube, named }) => {
            const { dom0 } = await healthy(options);
            if (typed !== undefined) {
                await dom0.cli(...typed);
            }
            dom0.qubes = qubes ?? dom0.qubes;
            await expectNamed(dom0, named, qube);
        },
    );

    test.each([
        ['with rules', { vault: '^a\\.test$\n' }],
        ['without rules', {}],
    ])('that it has no netvm, and so no lock: %s', async (_, rules) => {
        const { dom0 } = await healthy({ rules });
        await expectNamed(
            dom0,
            {
                check: 'vault netvm',
                message: /^it has no netvm, so it reaches nothing at all$/,
                todo: 'to give it one: qvm-prefs vault netvm NETVM',
            },
            'vault',
        );
        await expectNamed(
            dom0,
            {
                check: 'vault lock',
                state: 'ok',
                message: /^not needed: it has no netvm to go out by$/,
            },
            'vault',
        );
    });

    test('that a stopped one has no netvm', async () => {
        const { dom0 } = await healthy();
        await dom0.cli('stop', 'work');
        dom0.qubes = exampleWith({ name: 'work', netvm: null });
        await expectNamed(dom0, {
            check: 'work netvm',
            message: /has no netvm/,
            todo: 'qvm-prefs work netvm NETVM',
        });
    });

    test('a halted one with the address of another', async () => {
        const { dom0 } = await healthy();
        dom0.qubes = exampleWith(
            { name: 'work', xid: -1 },
            { name: 'banking', ip: '10.137.0.5' },
        );
        await expectNamed(dom0, {
            check: 'work address',
            message: /10\.137\.0\.5 is also that of banking/,
            todo: own.join(),
        });
    });

    const situations: Record<
        Exclude<Situation['kind'], 'unserved'>,
        () => Promise<void>
    > = {
        'in-force': async () => {
            const ill = await healthy();
            const { agent } = obedientAgent();
            ill.says = (verb) =>
                verb === 'plan'
                    ? changedReport(agent('plan', lastInput()), (report) => ({
                          ...report,
                          steps: [],
                          clients: report.clients.map((each) => ({
                              ...each,
                              state: 'served',
                              wider: 1,
                          })),
                      }))
                    : null;
            await expectNamed(ill.dom0, {
                check: 'work proxy',
                state: 'ok',
                message: /a proxy that runs/,
                todo: 'qvm-filterproxy restart work',
            });
        },
        'no-rules': async () => {
            const { dom0 } = await healthy();
            const named = {
                check: 'banking rules',
                message: /has none/,
                todo: 'qvm-filterproxy allow banking HOST',
            };
            await expectNamed(dom0, named, 'banking');
        },
        held: async () => {
            const { dom0 } = await healthy();
            await writeFile(dom0.config('qubes/work.rules'), '# so\n(a\n');
            await expectNamed(dom0, {
                check: 'work rules',
                message: /work\.rules:2: /,
                todo: 'to mend it: qvm-filterproxy edit work',
            });
        },
        closed: () =>
            expectClientSaid('closed', /sys-filter does not serve it/),
        outdated: () => expectClientSaid('held', /by its rules of before/),
        'no-agent': async () => {
            const { agent } = obedientAgent();
            const { dom0 } = await healthy({
                rules: { personal: '^p\\.test$\n' },
                agents: { 'sys-firewall': noAgent, 'sys-net': agent },
            });
            const named = {
                check: 'personal netvm',
                message: /behind sys-firewall.*sys-net has one/,
                todo: 'qvm-prefs personal netvm sys-net',
            };
            await expectNamed(dom0, named, 'personal');
        },
        unknown: async () => {
            const ill = await healthy();
            ill.says = () => outcome({ exitCode: 125 });
            const checks = await see(ill.dom0, 'work');
            expect(checks.find(({ check }) => check === 'proxy')).toMatchObject(
                {
                    state: 'unknown',
                    message: "not looked at: see sys-filter's agent",
                },
            );
        },
    };

    function lastInput(): string {
        return JSON.stringify({
            version: 1,
            issued: { boot: uuidOf('work'), counter: 1 },
            clients: [
                {
                    name: 'work',
                    uuid: uuidOf('work'),
                    xid: 5,
                    stubdomXid: null,
                    ranBefore: [],
                    ip4: { client: '10.137.0.5', gateway: '10.137.0.4' },
                    ip6: null,
                    filter: null,
                    deadlines: [],
                    narrowing: 'end',
                },
            ],
        });
    }

    async function expectClientSaid(
        state: 'closed' | 'held',
        message: RegExp,
    ): Promise<void> {
        const ill = await healthy();
        const { agent } = obedientAgent();
        ill.says = (verb) =>
            verb === 'plan'
                ? changedReport(agent('plan', lastInput()), (report) => ({
                      ...report,
                      clients: report.clients.map((each) => ({
                          ...each,
                          state,
                          reason: 'for a reason',
                      })),
                  }))
                : null;
        await expectNamed(ill.dom0, {
            check: 'work proxy',
            message,
            todo: 'qvm-filterproxy update sys-filter',
        });
    }

    test.each(Object.entries(situations))(
        'the situation %s',
        async (_, act) => {
            await act();
        },
    );

    test.each([
        ['sets/web.rules', '!include web\n', '(a\n', /web\.rules:1: /],
        ['proxies/sys-filter.conf', '^a\\.test$\n', '!nothing\n', /conf:1: /],
    ])('an error in %s', async (file, own, text, message) => {
        const { dom0 } = await healthy({ rules: { work: own } });
        await writeFile(dom0.config(file), text);
        await expectNamed(dom0, {
            check: 'work rules',
            message,
            todo: 'to see it all: qvm-filterproxy lint work',
        });
    });

    test.each<[string, (path: string) => Promise<void>, RegExp]>([
        [
            'others may write',
            (path) => chmod(path, 0o666),
            /; to mend it: sudo chmod 660 \S+work\.rules$/,
        ],
        [
            'is a symbolic link',
            async (path) => {
                await rename(path, `${path}~`);
                await symlink(`${path}~`, path);
            },
            /a symbolic link; to put the file itself in its place: cp --remove-destination "\$\(readlink -f \S+work\.rules\)" \S+work\.rules$/,
        ],
        [
            'is a directory',
            async (path) => {
                await rename(path, `${path}~`);
                await mkdir(path);
            },
            /not a regular file; to move it away: sudo mv \S+work\.rules ~$/,
        ],
    ])(
        'a rule file that %s, for which edit is of no use',
        async (_, spoil, message) => {
            const { dom0 } = await healthy();
            await spoil(dom0.config('qubes/work.rules'));
            const check = 'work rules';
            const todo = 'to see it all: qvm-filterproxy lint work';
            await expectNamed(dom0, { check, message, todo });
            const checks = await see(dom0, 'work');
            const todos = checks.flatMap((each) => each.todo).join('\n');
            expect(todos).not.toContain('qvm-filterproxy edit');
        },
    );

    test('that its rules are a block list', async () => {
        const { dom0 } = await healthy({
            rules: { work: '!default allow\n^ads\\.test$\n' },
        });
        await expectNamed(dom0, {
            check: 'work rules',
            state: 'ok',
            message: /^all hosts but those of 1 rule, /,
        });
    });

    test('what lint has to say of its rules', async () => {
        const { dom0 } = await healthy({
            rules: { work: 'a\\.test$\n' },
        });
        await expectNamed(dom0, {
            check: 'work rules',
            state: 'ok',
            message: /^1 rule/,
            todo: 'to see it all: qvm-filterproxy lint work',
        });
    });

    const ends: Record<ProbeEnd['kind'], [ProbeEnd, Named]> = {
        status: [
            { kind: 'status', status: 403 },
            {
                check: 'work request',
                message: /its proxy refuses a\.test:443/,
                todo: 'qvm-filterproxy check work https://a.test:443/',
            },
        ],
        closed: [
            { kind: 'closed' },
            {
                check: 'work request',
                message: /8100 is closed to it/,
                todo: "-u root sys-filter 'nft list ruleset'",
            },
        ],
        silent: [
            { kind: 'silent' },
            {
                check: 'work request',
                message: /no answer for a\.test:443 in time/,
                todo: 'qvm-filterproxy restart work',
            },
        ],
        ended: [
            { kind: 'ended' },
            {
                check: 'work request',
                message: /ended the connection without an answer for a\.test/,
                todo: 'qvm-filterproxy restart work',
            },
        ],
        odd: [
            { kind: 'odd' },
            { check: 'work request', message: /is no proxy/ },
        ],
        'not-run': [
            { kind: 'not-run', why: 'it is paused' },
            {
                check: 'work request',
                state: 'unknown',
                message: /not sent: it is paused/,
            },
        ],
    };

    test.each(Object.entries(ends))('a request %s', async (_, [end, named]) => {
        const { dom0 } = await healthy();
        Object.assign(dom0.deps, { sendProbe: async () => end });
        await expectNamed(dom0, named);
    });

    test('a host that its proxy does not get through to', async () => {
        const { dom0 } = await healthy();
        const end = { kind: 'status', status: 500 };
        Object.assign(dom0.deps, { sendProbe: async () => end });
        await expectNamed(dom0, {
            check: 'work request',
            message: /does not get through to a\.test:443 \(status 500\)/,
            todo: 'qvm-filterproxy blocked work',
        });
    });

    test('a next proxy that does not get through, as far as it is asked for the host', async () => {
        const rule = '^a\\.test$\n!upstream http 10.1.2.3:3128';
        for (const [domain, message, todo] of [
            [
                'a.test',
                /a\.test:443 \(status 502\): it asks the next proxy for it, http 10\.1\.2\.3:3128, and that does not answer/,
                `qvm-run --pass-io --no-gui sys-filter "timeout 5 bash -c '</dev/tcp/10.1.2.3/3128' && echo it answers"`,
            ],
            [
                'other.test',
                /a\.test:443 \(status 502\)$/,
                'qvm-filterproxy blocked work',
            ],
        ] as const) {
            const rules = { work: `${rule} ${domain}\n` };
            const { dom0 } = await healthy({ rules });
            const end = { kind: 'status', status: 502 };
            Object.assign(dom0.deps, { sendProbe: async () => end });
            await expectNamed(dom0, { check: 'work request', message, todo });
        }
    });

    test('that its lock is not known, and says so in the end', async () => {
        const failing = async () =>
            outcome({ exitCode: 1, stderr: 'qvm-firewall: error: no luck\n' });
        const { dom0 } = await healthy({ tools: { 'qvm-firewall': failing } });
        const { out, exitCode } = await dom0.cli('doctor', 'work');
        expect(out).toMatch(
            /\n- {5}work {8}lock {12}not known: qvm-firewall: no luck\nnothing is wrong in what could be looked at, 16 checks are in order; 1 could not be made\n$/,
        );
        expect(exitCode).toBe(0);
    });

    test('that no rule names a host to ask for', async () => {
        const { dom0 } = await healthy({
            rules: { work: '\\.a\\.test$\n' },
        });
        await expectNamed(dom0, {
            check: 'work request',
            state: 'ok',
            message: /no host was asked for/,
        });
    });

    const lock = 'to lock it: qvm-filterproxy lock work';
    const arounds: Record<KnownWayAround['kind'], [string[], Named]> = {
        none: [
            ['action=drop'],
            { check: 'work lock', state: 'ok', message: /^locked$/ },
        ],
        everything: [
            ['action=accept'],
            { check: 'work lock', message: /lets out: everything/, todo: lock },
        ],
        exceptions: [
            [
                'action=accept specialtarget=dns',
                'action=accept proto=icmp',
                'action=drop',
            ],
            { check: 'work lock', message: /out: DNS; ICMP/, todo: lock },
        ],
        unknown: [
            ['nonsense'],
            { check: 'work lock', state: 'unknown', message: /^not known: / },
        ],
    };

    test.each(Object.entries(arounds))(
        'the way around its proxy: %s',
        async (_, [rules, named]) => {
            const { dom0 } = await healthy();
            dom0.firewall.rules.set('work', rules);
            await expectNamed(dom0, named);
        },
    );

    test('that DNS is let out before its lock', async () => {
        const { dom0 } = await healthy();
        dom0.firewall.rules.set('work', [
            'action=accept specialtarget=dns',
            'action=drop comment=qvm-filterproxy lock',
        ]);
        await expectNamed(dom0, {
            check: 'work lock',
            state: 'ok',
            message: /^locked, except: DNS; by DNS anything can be told/,
        });
    });
});
