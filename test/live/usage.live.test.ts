// How often rules are used: counted in the ProxyVM, summed up in dom0.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { daemonDown, daemonUp, saveRules } from './daemon.ts';
import { fetchAll } from './fetch.ts';
import { config, filterproxy } from './filterproxy.ts';

interface Uses {
    readonly count: number;
    readonly since: number;
    readonly last: number | null;
}

// Names that no other test asks for: what was counted before counts here, too.
const rules = [
    '!usage on',
    '(^|\\.)used-a\\.test$',
    '^used-b\\.test$',
    '^used-z\\.test$',
];

beforeAll(async () => {
    await daemonUp();
    for (const [name, address] of [
        ['used-a.test', '93.184.1.1'],
        ['www.used-a.test', '93.184.1.1'],
        ['used-b.test', '93.184.1.2'],
    ] as const) {
        await bed.dns(name, address);
    }
    await saveRules('work', ...rules);
    await bed.must(['dom0', 'qvm-filterproxy', 'update', 'work']);
});

afterAll(daemonDown);

/** By rule, as `list --usage` has it; it is there in a moment. */
async function uses(): Promise<Record<string, Uses | null>> {
    const { stdout } = await filterproxy('list', 'work', '--usage', '--json');
    const [work] = JSON.parse(stdout).usage;
    return Object.fromEntries(
        work.files[0].rules.map(
            (rule: { expression: string; uses: Uses | null }) => [
                rule.expression,
                rule.uses,
            ],
        ),
    );
}

async function counts(): Promise<(number | undefined)[]> {
    return Object.values(await uses()).map((each) => each?.count);
}

async function untilCounts(...expected: number[]): Promise<void> {
    await expect.poll(counts, { timeout: 8000 }).toEqual(expected);
}

const forWork = [
    'http://used-a.test/',
    'https://www.used-a.test/',
    'https://used-b.test/',
    'http://blocked.test/',
    'https://used-b.test:22/',
];

test('a rule is used by each request that it lets through, and by no other', async () => {
    await untilCounts(0, 0, 0);
    await fetchAll('work', forWork);
    await untilCounts(2, 1, 0);
    await fetchAll('work', forWork);
    await untilCounts(4, 2, 0);
    const last = (await uses())['^used-b\\.test$']?.last ?? 0;
    expect(Math.abs(Date.now() / 1000 - last)).toBeLessThan(8);
});

test('dom0 keeps no host that is not in a rule, and for its group alone', async () => {
    const { stdout } = await bed.dom0(
        'sh',
        '-ec',
        `cd ${config}/usage; stat -c '%n %a %U:%G' *; cat *`,
    );
    expect(stdout).toMatch(/^qubes\.work\.rules\.json 660 root:qubes\n/);
    expect(stdout).toContain('used-b\\\\.test');
    expect(stdout).not.toMatch(/www|blocked/);
});

test('when a qube ends the daemon has its uses added, before its ProxyVM can end', async () => {
    await fetchAll('work', ['http://used-b.test/', 'http://used-b.test/']);
    // The recorder has read the log by then.
    await sleep(1000);
    await bed.must(['stop', 'work']);
    const path = `${config}/usage/qubes.work.rules.json`;
    const summedUp = async () =>
        (await bed.dom0('cat', path)).stdout.match(/"count":\d+/g)?.join();
    await expect
        .poll(summedUp, { timeout: 8000 })
        .toBe('"count":4,"count":4,"count":0');
    await bed.must(['stop', 'sys-filter']);
    expect(await counts()).toEqual([4, 4, 0]);
});

test('--forget begins anew', async () => {
    const { stdout } = await filterproxy('list', 'work', '--usage', '--forget');
    expect(stdout).toContain('qubes/work.rules: the uses of 2 rules forgotten');
    const listed = await filterproxy('list', 'work', '--usage');
    expect(listed.stdout).not.toContain('times');
    await bed.start('sys-filter');
    await bed.start('work');
});
