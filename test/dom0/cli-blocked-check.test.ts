// What `blocked` says of a host and what `check` says never disagree.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeDom0 } from './fake-dom0.ts';
import { tellingAgent } from './fake-requests.ts';

const seed = 20261128;

const label = fc.constantFrom('a', 'b', 'a', 'b', 'xn--bcher-kva', '7');
const name = fc
    .array(label, { minLength: 1, maxLength: 3 })
    .map((labels) => labels.join('.'));
const host = fc.oneof(
    name,
    fc.constantFrom(
        ...['192.168.1.7', '8.8.8.8', '127.1', '0x7f.1', 'fd00::1', 'a.b.'],
        ...['a:b', 'a:80', '::', '-', '.', '..', 'a..b', '2606:4700::1111'],
    ),
);
const entry = fc.record({
    host,
    port: fc.constantFrom(null, null, 80, 443, 443, 8080, 8443),
    outcome: fc.constantFrom('filter', 'filter', 'port', 'destination'),
});

const rule = fc.oneof(
    name.map((each) => `^${each.replaceAll('.', '\\.')}$`),
    fc
        .constantFrom('a', 'b', 'a.b')
        .map((each) => `(^|\\.)${each.replaceAll('.', '\\.')}$`),
    fc.constantFrom(
        ...['^a[.]b$', '[a-z]+\\.b$', '^192\\.168\\.1\\.7$', '^8\\.8\\.8\\.8$'],
        ...['[a-z]$', '^[^.]*\\.b$', '^fd00::1$', '^a\\.b\\.a expire=1'],
    ),
);
const setting = fc.constantFrom(
    ...['!default allow', '!connect-port 443 8443', '!http-port 80 8080'],
    ...['!http-port none', '!lan 192.168.0.0/16', '!lan 192.168.1.7/32 8443'],
    ...['!upstream socks5 10.20.0.8:1080', '!upstream none .b', '# nothing'],
);

test('what blocked says and what check says never disagree', async () => {
    let allowed = 0;
    let refused = 0;
    await fc.assert(
        fc.asyncProperty(
            fc.uniqueArray(setting, { maxLength: 2 }),
            fc.uniqueArray(rule, { minLength: 1, maxLength: 6 }),
            fc.uniqueArray(entry, {
                minLength: 4,
                maxLength: 8,
                selector: (each) => JSON.stringify(each),
            }),
            fc.constantFrom(false, false, false, true),
            async (settings, rules, entries, isStopped) => {
                const text = [...settings, ...rules, ''].join('\n');
                const dom0 = await fakeDom0({
                    rules: { work: text },
                    agents: {
                        'sys-filter': tellingAgent([{ name: 'work', entries }]),
                    },
                });
                if (isStopped) {
                    await dom0.cli('stop', 'work');
                }
                const said = await dom0.cli('blocked', 'work', '--json');
                const { hosts } = JSON.parse(said.out).qubes[0];
                expect(hosts.length).toBe(entries.length);
                for (const { check, allowedNow, rule: offered } of hosts) {
                    if (check === null) {
                        expect([allowedNow, offered]).toEqual([false, null]);
                        continue;
                    }
                    const result = await dom0.cli(
                        ...['check', 'work', '--json', '--', check],
                    );
                    const { inForce, hosts: checked } = JSON.parse(result.out);
                    const isAllowed = inForce && checked[0]?.allowed === true;
                    expect([check, allowedNow]).toEqual([check, isAllowed]);
                    allowed += Number(isAllowed);
                    refused += Number(!isAllowed);
                }
            },
        ),
        { seed, numRuns: 100 },
    );
    expect(Math.min(allowed, refused)).toBeGreaterThan(20);
});

test('what is offered is allowed once it is added, and nothing else is', async () => {
    await fc.assert(
        fc.asyncProperty(
            fc.uniqueArray(host, { minLength: 2, maxLength: 6 }),
            async (hosts) => {
                const entries = hosts.map((each) => ({ host: each }));
                const dom0 = await fakeDom0({
                    rules: { work: '^z\\.test$\n' },
                    agents: {
                        'sys-filter': tellingAgent([{ name: 'work', entries }]),
                    },
                });
                const told = async () => {
                    const { out } = await dom0.cli('blocked', 'work', '--json');
                    return JSON.parse(out).qubes[0].hosts as {
                        host: string;
                        rule: string | null;
                        allowedNow: boolean;
                    }[];
                };
                const offered = (await told()).find(
                    ({ rule }) => rule !== null,
                );
                fc.pre(offered !== undefined);
                await dom0.cli('allow', 'work', '--', offered?.host ?? '');
                const allowed = (await told()).filter(
                    (each) => each.allowedNow,
                );
                expect(allowed.map((each) => each.host)).toEqual([
                    offered?.host,
                ]);
            },
        ),
        { seed, numRuns: 40 },
    );
});
