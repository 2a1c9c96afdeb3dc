// Commands at the same time, with real locks and files.
import { expect, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

const count = 20;

function hosts(letter: string): string[] {
    return Array.from({ length: count }, (_, at) => `${letter}${at}.test`);
}

function ruleOf(host: string): string {
    return `^${host.replace('.', '\\.')}$`;
}

/** Two ProxyVMs' worth of qubes with rules, and locks that are held. */
async function dom0WithLocks() {
    const filter = obedientAgent();
    const gone = hosts('gone').map(ruleOf);
    const dom0 = await fakeDom0({
        rules: { work: `${gone.join('\n')}\n`, banking: '^b\\.test$\n' },
        agents: { 'sys-filter': filter.agent },
        tools: { flock: runCommand },
    });
    return { dom0, filter };
}

test('20 times allow and 20 times remove lose no rule, and the last word is in force', async () => {
    const { dom0, filter } = await dom0WithLocks();
    const results = await Promise.all([
        ...hosts('new').map((host) => dom0.cli('allow', 'work', host)),
        ...hosts('gone').map((host) => dom0.cli('remove', 'work', host)),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual(
        results.map(() => 0),
    );
    const rules = (await dom0.rules('work')).trimEnd().split('\n');
    expect(rules.sort()).toEqual(hosts('new').map(ruleOf).sort());
    const last = filter.applied.at(-1)?.clients;
    expect(
        last?.find(({ name }) => name === 'work')?.filter?.rules.length,
    ).toBe(count);
    const counters = filter.applied.map(({ issued }) => issued.counter);
    expect(counters).toEqual([...counters].sort((a, b) => a - b));
});

test('stops, rules and updates end with all stops in force', async () => {
    const { dom0, filter } = await dom0WithLocks();
    await dom0.cli('update');
    const results = await Promise.all([
        ...hosts('new').map((host) => dom0.cli('allow', 'work', host)),
        dom0.cli('stop', 'work'),
        dom0.cli('update'),
        dom0.cli('stop', 'banking'),
        dom0.cli('update'),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual(
        results.map(() => 0),
    );
    expect(filter.applied.at(-1)?.clients).toEqual([]);
    const { out } = await dom0.cli('list', 'work');
    expect(out).toMatch(/^work: 40 rules, stopped \(/);
});
