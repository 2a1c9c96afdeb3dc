// A management qube does dom0's work, as far as dom0's policy, the tags and the
// ProxyVMs let it: with the policy file that we ship, and all of it in place.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
    adminQube,
    adminQubeDown,
    adminQubeUp,
    decisions,
    inAdminQube,
    obey,
    startAdminDaemon,
} from './admin-qube.ts';
import { bed } from './bed.ts';
import { untilReached, untilServed } from './daemon.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';

beforeAll(async () => {
    await bed.up();
    await forgetAll();
    await adminQubeUp();
    for (const name of ['sys-filter', 'work']) {
        await bed.must(['dom0', 'qvm-tags', name, 'add', 'filterproxy']);
    }
    await obey('sys-filter', adminQube);
});

afterAll(async () => {
    await adminQubeDown();
    await obey('sys-filter', null);
    for (const name of ['sys-filter', 'work']) {
        await bed.must(['dom0', 'qvm-tags', name, 'del', 'filterproxy']);
    }
    await forgetAll();
});

test('a rule that is typed there is in force, and dom0 has none', async () => {
    const { exitCode, stdout, stderr } = await inAdminQube(
        ...['qvm-filterproxy', 'allow', 'work', 'a.test'],
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('sys-filter: in force');
    expect(exitCode).toBe(0);
    await untilReached({ work: 'a.test' });
    const dom0 = await bed.dom0('ls', `${config}/qubes`);
    expect(dom0.stdout).toBe('');
});

test('what happens to qubes is heard there, and followed', async () => {
    await startAdminDaemon();
    await bed.kill('work');
    await untilServed('sys-filter');
    await bed.start('work');
    await untilReached({ work: 'a.test' });
});

test('the firewall of a qube with the tag can be locked, of no other', async () => {
    const lock = (qube: string) => inAdminQube('qvm-filterproxy', 'lock', qube);
    const unlock = (qube: string) =>
        inAdminQube('qvm-filterproxy', 'unlock', qube);
    expect((await lock('work')).exitCode).toBe(0);
    expect((await unlock('work')).exitCode).toBe(0);
    const { exitCode, stderr } = await lock('banking');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Request refused');
    expect(await decisions()).toContain(
        'refused admin.vm.firewall.Get+ banking',
    );
});

test('what is wrong is looked for, as far as it is seen from there', async () => {
    const { stdout, stderr } = await inAdminQube(
        ...['qvm-filterproxy', 'doctor', 'work'],
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('only dom0');
    expect(stdout).toContain('1 of 17 checks failed; 2 could not be made');
});

test('nothing is refused of what is needed, and all of it goes that way', async () => {
    const decided = await decisions();
    expect(decided).toContain('allowed admin.Events+ dom0');
    expect(decided).toContain('allowed qubes.FilterProxy+apply sys-filter');
    expect(decided).toContain('allowed admin.vm.firewall.Set+ work');
    const refused = decided.filter((line) => line.startsWith('refused'));
    expect(refused.filter((line) => !line.endsWith(' banking'))).toEqual([]);
});

test('a ProxyVM without the tag is told nothing, and it is said why', async () => {
    await bed.must(['dom0', 'qvm-tags', 'sys-filter', 'del', 'filterproxy']);
    const { exitCode, stdout, stderr } = await inAdminQube(
        ...['qvm-filterproxy', 'allow', 'work', 'b.test'],
    );
    await bed.must(['dom0', 'qvm-tags', 'sys-filter', 'add', 'filterproxy']);
    expect(stdout + stderr).toContain('which tag sys-filter needs');
    expect(exitCode).toBe(1);
    await untilReached({ work: 'a.test' });
});

test.each([
    ['names another qube', 'filterproxy-admin2'],
    ['names none', '../x'],
    ['cannot be asked', null],
])('a ProxyVM whose QubesDB %s obeys only dom0', async (_, value) => {
    await obey('sys-filter', value);
    const { exitCode, stdout, stderr } = await inAdminQube(
        ...['qvm-filterproxy', 'update', '--all'],
    );
    expect(stdout + stderr).toContain('does not obey you');
    expect(exitCode).toBe(1);
    const ofDom0 = await filterproxy('show', 'sys-filter');
    expect(ofDom0.stderr).toBe('');
    await obey('sys-filter', adminQube);
});
