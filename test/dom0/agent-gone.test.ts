// A ProxyVM without an agent: it never had one, or its agent is gone while
// its proxies may still run.
import { expect, test } from 'vitest';
import { visitIfOutdated } from '../../dom0/walk.ts';
import { noAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith } from './fake-qubes.ts';
import { outcome } from './outcome.ts';
import { nameOf } from './rules.ts';

const filter = nameOf('sys-filter');

/** The agent of sys-filter can be exchanged. */
async function dom0WithAgent() {
    const agents = { 'sys-filter': obedientAgent().agent };
    const dom0 = await fakeDom0({ rules: { work: '^a\\.test$\n' }, agents });
    return { dom0, agents };
}

test('a visit that was killed before its call makes no agent of none', async () => {
    const { dom0, agents } = await dom0WithAgent();
    agents['sys-filter'] = noAgent;
    await dom0.deps.told.write(filter, [nameOf('work')]);
    const visit = await visitIfOutdated(dom0.deps, filter, true);
    expect(visit?.result).toMatchObject({ error: { kind: 'no-agent' } });
    expect(await dom0.deps.told.read()).toEqual(new Map());
});

test('an agent that did not answer in time was there', async () => {
    const { dom0, agents } = await dom0WithAgent();
    agents['sys-filter'] = () => outcome({ timedOut: true });
    await visitIfOutdated(dom0.deps, filter, true);
    agents['sys-filter'] = noAgent;
    const visit = await visitIfOutdated(dom0.deps, filter, true);
    expect(visit?.result).toMatchObject({ error: { kind: 'refused' } });
    expect([...(await dom0.deps.told.read()).keys()]).toEqual([filter]);
});

test('an agent of before a restart says nothing of now', async () => {
    const { dom0, agents } = await dom0WithAgent();
    await visitIfOutdated(dom0.deps, filter, true);
    dom0.qubes = exampleWith({ name: 'sys-filter', xid: 30 });
    agents['sys-filter'] = noAgent;
    const visit = await visitIfOutdated(dom0.deps, filter, true);
    expect(visit?.result).toMatchObject({ error: { kind: 'no-agent' } });
});
