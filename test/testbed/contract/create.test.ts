// qvm-create and qvm-remove where there is no capture: as the source of the
// real ones has it (qubes-core-admin-client qubesadmin/tools).

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startCapturedQubes } from './capture-state.ts';
import { runStandIn } from './run-stand-in.ts';

let running: Running;
const run = (line: string) => runStandIn(running.socketPath, line.split(' '));

beforeAll(async () => {
    running = await startCapturedQubes([]);
});
afterAll(() => running.close());

test('qvm-create sets properties in their order', async () => {
    const { rc } = await run(
        'qvm-create --class AppVM --template fedora-41 --label orange ' +
            '--property provides_network=True --property netvm=sys-firewall new',
    );
    expect(rc).toBe(0);
    const { stdout } = await run('qvm-prefs new');
    expect(stdout).toMatch(/^provides_network +- {2}True$/m);
    expect(stdout).toMatch(/^netvm +- {2}sys-firewall$/m);
    expect(stdout).toMatch(/^label +- {2}orange$/m);
});

test('a qube whose property is refused is made all the same', async () => {
    expect(await run('qvm-create -l red --prop netvm=vault half')).toEqual({
        rc: 2,
        stdout: '',
        stderr: 'app: Error setting property netvm (but VM created): The vault qube does not provide network\n',
    });
    expect((await run('qvm-check half')).rc).toBe(0);
});

test('a name that is taken, and words that are wrong, make no qube', async () => {
    expect(await run('qvm-create -l red work')).toEqual({
        rc: 1,
        stdout: '',
        stderr: 'app: Error creating VM: Qube already exists: work\n',
    });
    for (const [line, message] of [
        ['qvm-create other', '--label option is mandatory'],
        ['qvm-create -l red', 'VMNAME is mandatory'],
        [
            'qvm-create -l red --prop netvm other',
            "Invalid property token: 'netvm'",
        ],
        ['qvm-create -l red -C VM other', "no such domain class: 'VM'"],
    ] as const) {
        const { rc, stderr } = await run(line);
        expect(rc, line).toBe(2);
        expect(stderr).toMatch(/^usage: qvm-create /);
        expect(stderr).toContain(`qvm-create: error: ${message}\n`);
    }
    const { stderr } = await run('qvm-create -l pink other');
    expect(stderr).toContain("no such label: 'pink'; available: red, ");
    expect((await run('qvm-check other')).rc).toBe(1);
});

test('qvm-remove names those that use a qube, and leaves it', async () => {
    const { rc, stderr } = await run('qvm-remove --force sys-filter');
    expect(rc).toBe(1);
    expect(stderr).toMatch(
        /^VM sys-filter cannot be removed\. It is in use as:\n/,
    );
    expect(stderr).toContain(' - netvm for work\n');
    expect(stderr).toContain('qvm-remove: error: Domain is in use: ');
    expect((await run('qvm-remove --force half')).rc).toBe(0);
    expect((await run('qvm-check half')).rc).toBe(1);
});
