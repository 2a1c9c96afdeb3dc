// Commands at the same time, with real locks and files.
import { readdir } from 'node:fs/promises';
import { parse } from 'node:path';
import { expect, test } from 'vitest';
import { setAsideRulesOf } from '../../dom0/set-aside.ts';
import { runCommand } from '../../shared/io/run-command.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { nameOf, uuidFor } from './rules.ts';

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
    expect(last?.find(({ name }) => name === 'work')?.filter?.rules).toBe(
        count,
    );
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

test('two qubes that are given the same removed rules: one gets them', async () => {
    const { dom0 } = await dom0WithLocks();
    await dom0.deps.rules.writeFile('qubes/old.rules', '^old$\n');
    await dom0.deps.rules.recordOwner(nameOf('old'), uuidFor('older'));
    const to = ['vault', 'personal', 'work-dvm'];
    const results = await Promise.all(
        to.map((name) => dom0.cli('restore', name, '--from', 'old')),
    );
    const given = results.filter(({ out }) => out.includes('of old restored'));
    expect(given.length).toBe(1);
    const refused = results.filter(({ err }) =>
        err.includes('no rules of old are set aside'),
    );
    expect(refused.length).toBe(2);
    expect(await readdir(dom0.config('removed'))).toEqual([]);
    const files = await readdir(dom0.config('qubes'));
    expect(files.filter((file) => to.includes(parse(file).name)).length).toBe(
        1,
    );
});

test('a removal that is seen late takes nothing from the new qube of that name', async () => {
    const { dom0, filter } = await dom0WithLocks();
    const older = { name: nameOf('work'), uuid: uuidFor('older') };
    await dom0.deps.rules.recordOwner(older.name, older.uuid);
    const [, ...results] = await Promise.all([
        setAsideRulesOf(dom0.deps, { ...older, class: 'AppVM' }),
        ...hosts('new').map((host) => dom0.cli('allow', 'work', host)),
        setAsideRulesOf(dom0.deps, { ...older, class: 'AppVM' }),
    ]);
    expect(results.length).toBe(count + 1);
    const rules = (await dom0.rules('work')).trimEnd().split('\n');
    expect(rules.sort()).toEqual(hosts('new').map(ruleOf).sort());
    expect((await readdir(dom0.config('removed'))).length).toBe(1);
    const last = filter.applied.at(-1)?.clients;
    expect(last?.find(({ name }) => name === 'work')?.filter?.rules).toBe(
        count,
    );
});
