// An HVM has two interfaces with one address: its own, and that of the domain
// which emulates its devices. The testbed has no HVM; the second one is made here
// as vif-route-qubes leaves it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';

const stubdomXid = 31_000;
const vif = `vif${stubdomXid}.0`;
const element = `ip qubes allowed '{ "${vif}" . 10.137.0.5 }'`;

beforeEach(async () => {
    await bed.up();
    await stop();
    await inProxyvm(
        `ip link add ${vif} group 2 type veth peer name emulated && nft add element ${element}`,
    );
});

afterEach(async () => {
    await inProxyvm(`nft delete element ${element}; ip link delete ${vif}`);
});

test('it is served at both, if dom0 names both', async () => {
    const hvm = await clientOf('work', {
        hosts: ['a.test'],
        change: { stubdomXid },
    });
    const answer = await apply([hvm]);
    expect(answer.error).toBeNull();
    expect(await reaches('work', 'http://a.test/')).toBe(true);
    const doors = await inProxyvm('nft list map inet qubes-filterproxy door4');
    expect(doors).toContain(`"${vif}" . 10.137.0.5 . 10.137.0.4`);
    expect(doors).toContain(`"vif${hvm.xid}.0" . 10.137.0.5 . 10.137.0.4`);
});

test('of one that dom0 does not name it is closed: it may be another qube', async () => {
    const answer = await apply([await clientOf('work', { hosts: ['a.test'] })]);
    expect(JSON.stringify(answer)).toContain(`on ${vif}: closed`);
    expect(await reaches('work', 'http://a.test/')).toBe(false);
});
