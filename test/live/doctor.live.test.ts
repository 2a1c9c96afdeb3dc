// The doctor on things that are really broken, one after another: it names each,
// and the command that it names mends it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';
import { untilAttached } from './network.ts';
import { inProxyvm } from './proxyvm.ts';

interface Seen {
    readonly about: string;
    readonly check: string;
    readonly state: string;
    readonly message: string;
    readonly todo: readonly string[];
}

/** Checks that failed, by whom and what they are about. */
async function failures(): Promise<Map<string, Seen>> {
    const { stdout } = await filterproxy('doctor', 'work', '--json');
    const { checks }: { checks: Seen[] } = JSON.parse(stdout);
    return new Map(
        checks
            .filter(({ state }) => state === 'failed')
            .map((each) => [`${each.about} ${each.check}`, each]),
    );
}

/** Types what the failure says; the first that there is to type. */
async function mend(failure: Seen | undefined): Promise<void> {
    const [, command] = /: (\S.*)$/.exec(failure?.todo[0] ?? '') ?? [];
    if (command === undefined) {
        throw new Error(`nothing to type: ${JSON.stringify(failure)}`);
    }
    // The testbed's dom0 is root's.
    const typed = command.replaceAll('sudo ', '');
    const done = await bed.dom0('sh', '-c', typed);
    expect([typed, done.stderr, done.exitCode]).toEqual([typed, '', 0]);
}

/** Tests stop the daemon, so that nobody mends anything unasked. */
const always = 'dom0 daemon';

async function expectBroken(...names: string[]): Promise<Map<string, Seen>> {
    const seen = await failures();
    expect([...seen.keys()]).toEqual([always, ...names]);
    return seen;
}

async function expectMended(seen: Map<string, Seen>): Promise<void> {
    for (const [name, failure] of seen) {
        if (name !== always) {
            await mend(failure);
        }
    }
    await expectBroken();
}

beforeAll(async () => {
    await bed.up();
    await forgetAll();
    await filterproxy('allow', 'work', 'doctor.test');
    await filterproxy('lock', 'work');
}, 600_000);

afterAll(async () => {
    await bed.dom0('systemctl', 'stop', 'qubes-filterproxyd');
    await filterproxy('unlock', 'work');
    await forgetAll();
});

test('where all is well it says so, and a request of the qube itself has arrived', async () => {
    const before = (await bed.arrived()).length;
    const { stdout, exitCode } = await filterproxy('doctor', 'work');
    expect(stdout).toContain(
        'ok    work        request         doctor.test:443 answers it through the proxy\n',
    );
    expect(stdout).toMatch(/\n1 of 17 checks failed\n$/);
    expect(exitCode).toBe(1);
    const arrived = (await bed.arrived()).map((each) => JSON.stringify(each));
    expect(arrived.length).toBeGreaterThan(before);
    expect(arrived.at(-1)).toContain('"port":443');
});

test('a policy without our line, a lock that is gone, and a rule before ours', async () => {
    const policy = '/etc/qubes/policy.d/80-filterproxy.policy';
    await bed.dom0('sed', '-i', '/@anyvm @anyvm/d', policy);
    await filterproxy('unlock', 'work');
    const user = 'tcp dport 7777 accept';
    await inProxyvm(`nft insert rule ip qubes custom-input ${user}`);
    const broken = ['dom0 policy', 'sys-filter custom-input', 'work lock'];
    await expectMended(await expectBroken(...broken));
    expect(await inProxyvm('nft list chain ip qubes custom-input')).toContain(
        user,
    );
});

test('another qube with its address', async () => {
    await bed.dom0('qvm-prefs', 'banking', 'ip', '10.137.0.5');
    const broken = ['sys-filter up-to-date', 'work address'];
    const address = (await expectBroken(...broken)).get('work address');
    const other = address?.todo.filter((each) => each.includes('banking'));
    await mend(address && { ...address, todo: other ?? [] });
    await expectBroken();
});

test('a table that is gone, with all proxies', async () => {
    await inProxyvm('nft delete table inet qubes-filterproxy');
    await expectMended(await expectBroken('sys-filter nftables'));
});

test("Qubes' firewall, that has ended or lacks its table of IPv6", async () => {
    await inProxyvm('systemctl stop qubes-firewall');
    const ended = await expectBroken('sys-filter qubes-firewall');
    const [todo] = ended.get('sys-filter qubes-firewall')?.todo ?? [];
    // The testbed's dom0 has no qvm-run.
    const [, typed] = /-u root sys-filter '(.*)'$/.exec(todo ?? '') ?? [];
    await inProxyvm(typed ?? 'false');
    await expectBroken();
    const table = await inProxyvm('nft list table ip6 qubes-firewall');
    await inProxyvm('nft delete table ip6 qubes-firewall');
    const seen = await expectBroken('sys-filter qubes-firewall');
    expect(seen.get('sys-filter qubes-firewall')?.message).toContain('IPv6');
    // It is the testbed that writes the table, not its unit.
    const load = ['qube', 'sys-filter', 'nft', '-f', '-'];
    await bed.must(load, { input: table });
    await expectBroken();
});

test('a proxy that has ended', async () => {
    await inProxyvm("systemctl stop 'qubes-filterproxy@*'");
    const broken = ['sys-filter up-to-date', 'work proxy'];
    await expectMended(await expectBroken(...broken));
});

test('a qube that is stopped', async () => {
    await filterproxy('stop', 'work');
    await expectMended(await expectBroken('work stop'));
});

test('an error in a rule file, with its line', async () => {
    const rules = `${config}/qubes/work.rules`;
    await bed.dom0('sh', '-c', `cp ${rules} /tmp/; echo '(x' >>${rules}`);
    const seen = await expectBroken('work rules');
    expect(seen.get('work rules')?.message).toContain(`${rules}:2: `);
    await bed.dom0('sh', '-c', `cat /tmp/work.rules >${rules}`);
});

test('a host that leads where no proxy may go', async () => {
    await bed.dns('doctor.test', '10.1.1.1');
    const seen = await expectBroken('work request');
    expect(seen.get('work request')?.message).toContain('does not get through');
    await mend(seen.get('work request'));
    await bed.dns('doctor.test', '93.184.7.7');
});

test('a qube that has moved to another netvm', async () => {
    await bed.dom0('qvm-prefs', 'work', 'netvm', 'sys-filter2');
    try {
        await untilAttached('work', 'sys-filter2');
        const seen = await failures();
        expect([...seen.keys()].slice(1, 3)).toEqual([
            'sys-filter2 custom-input',
            'sys-filter2 nftables',
        ]);
        await mend(seen.get('sys-filter2 nftables'));
        await expectBroken();
    } finally {
        await bed.dom0('qvm-prefs', 'work', 'netvm', 'sys-filter');
        await untilAttached('work');
    }
});

test('a ProxyVM without rules, without a resolver and with a broken agent', async () => {
    await inProxyvm(
        `nft flush ruleset
        nft 'table inet broken { chain output {
            type filter hook output priority 0; udp dport 53 drop; }; }'`,
    );
    await expectBroken(
        'sys-filter custom-input',
        'sys-filter resolver',
        'sys-filter qubes-firewall',
    );
    await inProxyvm('chmod -x /usr/lib/qubes/filterproxy/filterproxy-agent');
    const seen = await expectBroken('sys-filter agent');
    const agent = seen.get('sys-filter agent');
    expect(agent?.message).toContain('Permission denied');
    await mend(agent);
    await untilAttached('work');
    const started = await expectBroken(
        'sys-filter custom-input',
        'sys-filter nftables',
    );
    await expectMended(started);
});

test('a daemon that does not run, which is all that is left', async () => {
    await mend((await failures()).get(always));
    const { stdout, exitCode } = await filterproxy('doctor');
    expect(stdout).toMatch(/\nnothing is wrong, 17 checks are in order\n$/);
    expect(exitCode).toBe(0);
});
