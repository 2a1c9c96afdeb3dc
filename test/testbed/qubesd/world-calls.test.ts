// What qubesd asks of the world, and in which order.

import { afterEach, describe, expect, test } from 'vitest';
import {
    type RecordingWorld,
    type Running,
    recordingWorld,
    startCapturedQubes,
} from '../contract/capture-state.ts';
import { EventRecorder } from '../contract/event-recorder.ts';
import { runStandIn } from '../contract/run-stand-in.ts';
import type { World } from '../world.ts';
import { Api } from './tools/api.ts';

const netvms = ['sys-net', 'sys-firewall', 'sys-filter'];

interface Bed {
    readonly world: RecordingWorld;
    readonly api: Api;
    readonly socketPath: string;
    /** The calls that an action leads to. */
    readonly during: (action: () => Promise<unknown>) => Promise<string[]>;
    readonly state: (name: string) => Promise<string | undefined>;
}

const open: Running[] = [];

afterEach(async () => {
    await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function bedWith(
    running: readonly string[],
    overrides: Partial<World> = {},
): Promise<Bed> {
    const world = recordingWorld(overrides);
    const qubes = await startCapturedQubes(running, { world });
    open.push(qubes);
    const { socketPath } = qubes;
    const api = new Api(socketPath);
    return {
        world,
        api,
        socketPath,
        during: async (action) => {
            const before = world.calls.length;
            await action();
            return world.calls.slice(before);
        },
        state: async (name) =>
            (await api.list()).find((qube) => qube.name === name)?.state,
    };
}

describe('a start', () => {
    test('tells the netvm of the client before its domain exists', async () => {
        const { during, api } = await bedWith(netvms);
        const calls = await during(() => api.call('admin.vm.Start', 'work'));
        const clients =
            'clients sys-filter banking=10.137.0.6 ' +
            'work=10.137.0.5(action=accept) work-dvm=10.137.0.9';
        expect(calls).toEqual([
            clients,
            'create work sys-filter',
            'boot work',
            clients,
        ]);
    });

    test('brings up the whole chain, each netvm before its clients', async () => {
        const { world } = await bedWith(['work']);
        const order = world.calls.filter((call) => /^(create|boot)/.test(call));
        expect(order).toEqual([
            'create sys-net unplugged',
            'boot sys-net',
            'create sys-firewall sys-net',
            'boot sys-firewall',
            'create sys-filter sys-firewall',
            'boot sys-filter',
            'create work sys-filter',
            'boot work',
        ]);
    });

    test('waits for a netvm that somebody else is starting', async () => {
        let answer = () => {};
        const booting = new Promise<void>((resolve) => {
            answer = resolve;
        });
        const bed = await bedWith(['sys-firewall'], {
            boot: (name) =>
                name === 'sys-filter' ? booting : Promise.resolve(),
        });
        const both = Promise.all([
            bed.api.call('admin.vm.Start', 'sys-filter'),
            bed.api.call('admin.vm.Start', 'work'),
        ]);
        while ((await bed.state('sys-filter')) !== 'Transient') {
            // The next request finds it further on.
        }
        expect(await bed.state('work')).toBe('Halted');
        answer();
        await both;
        expect(await bed.state('work')).toBe('Running');
    });

    test('of the qubes that are to run, if it fails, ends qubesd', async () => {
        await expect(
            bedWith(netvms, {
                create: () => Promise.reject(new Error('no memory')),
            }),
        ).rejects.toThrow('no memory');
    });

    test('goes on when a client cannot be plugged again', async () => {
        const bed = await bedWith(['work'], {
            attachNetwork: () => Promise.reject(new Error('no vif')),
        });
        await bed.api.call('admin.vm.Kill', 'sys-filter');
        await bed.api.call('admin.vm.Start', 'sys-filter');
        expect(await bed.state('sys-filter')).toBe('Running');
    });

    test('fails as qubesd fails when the domain cannot be made', async () => {
        const world = recordingWorld();
        const bed = await bedWith(netvms, {
            create: (domain) =>
                domain.name === 'work'
                    ? Promise.reject(new Error('no memory'))
                    : world.create(domain),
        });
        const events = new EventRecorder(bed.socketPath);
        const { rc, stderr } = await runStandIn(bed.socketPath, [
            'qvm-start',
            'work',
        ]);
        await events.until('domain-start-failed');
        expect(rc).toBe(1);
        expect(stderr).toBe(
            'Error: Starting qube failed: work: Start failed: no memory, see ' +
                '/var/log/libvirt/libxl/libxl-driver.log for details\n',
        );
        expect(events.events.map(({ event }) => event)).toEqual([
            'connection-established',
            'domain-pre-start',
            'domain-verify-files',
            'domain-pre-spawn',
            'domain-start-failed',
        ]);
        expect(events.events.at(-1)?.kwargs).toEqual([['reason', 'no memory']]);
        expect(await bed.state('work')).toBe('Halted');
        events.close();
    });

    test('ends the domain again when its qrexec never answers', async () => {
        const bed = await bedWith(netvms, {
            boot: (name) =>
                name === 'work'
                    ? Promise.reject(new Error('no qrexec'))
                    : Promise.resolve(),
        });
        const events = new EventRecorder(bed.socketPath);
        await events.until('connection-established');
        const calls = await bed.during(() =>
            runStandIn(bed.socketPath, ['qvm-start', 'work']),
        );
        await events.until('domain-shutdown');
        expect(calls.slice(-2)).toEqual([
            'create work sys-filter',
            'kill work',
        ]);
        expect(
            events.events
                .map(({ event }) => event)
                .filter((event) => !event.startsWith('property'))
                .slice(-4),
        ).toEqual([
            'domain-unpaused',
            'domain-start-failed',
            'domain-stopped',
            'domain-shutdown',
        ]);
        expect(await bed.state('work')).toBe('Halted');
        events.close();
    });

    test('gives a higher xid each time', async () => {
        const { socketPath } = await bedWith(['work']);
        const xid = async () =>
            Number(
                (await runStandIn(socketPath, ['qvm-prefs', 'work', 'xid']))
                    .stdout,
            );
        const first = await xid();
        await runStandIn(socketPath, ['qvm-kill', 'work']);
        const halted = await xid();
        await runStandIn(socketPath, ['qvm-start', 'work']);
        expect(halted).toBe(-1);
        expect(await xid()).toBeGreaterThan(first);
    });
});

describe("a netvm's restart", () => {
    test('unplugs its running clients and plugs them after its start', async () => {
        const { during, api } = await bedWith(['work']);
        const down = await during(() =>
            api.call('admin.vm.Shutdown', 'sys-filter', 'force+wait'),
        );
        const up = await during(() => api.call('admin.vm.Start', 'sys-filter'));
        expect(down).toEqual(['shutdown sys-filter', 'detach work']);
        expect(up.filter((call) => !call.startsWith('clients'))).toEqual([
            'create sys-filter sys-firewall',
            'boot sys-filter',
            'attach work sys-filter 10.137.0.5',
        ]);
    });
});

describe('a netvm change', () => {
    test('to the netvm it has already plugs a running qube anew', async () => {
        const { during, socketPath } = await bedWith(['work']);
        const calls = await during(() =>
            runStandIn(socketPath, [
                'qvm-prefs',
                'work',
                'netvm',
                'sys-filter',
            ]),
        );
        expect(calls.filter((call) => !call.startsWith('clients'))).toEqual([
            'detach work',
            'attach work sys-filter 10.137.0.5',
        ]);
    });

    test('waits for one under way', async () => {
        const { during, api } = await bedWith(['work']);
        const move = (netvm: string) =>
            api.call('admin.vm.property.Set', 'work', 'netvm', netvm);
        const calls = await during(() =>
            Promise.all(['sys-firewall', 'sys-net', 'sys-filter'].map(move)),
        );
        const plugging = calls.filter((call) => !call.startsWith('clients'));
        expect(plugging.map((call) => call.split(' ')[0])).toEqual([
            'detach',
            'attach',
            'detach',
            'attach',
            'detach',
            'attach',
        ]);
    });

    test('of a running qube to a halted netvm is refused', async () => {
        const { during, socketPath } = await bedWith(['sys-firewall', 'vault']);
        const calls = await during(async () => {
            const argv = ['qvm-prefs', 'vault', 'netvm', 'sys-filter'];
            expect(await runStandIn(socketPath, argv)).toEqual({
                rc: 1,
                stdout: '',
                stderr:
                    'qvm-prefs: error: Cannot dynamically attach to stopped ' +
                    'qube sys-filter\n',
            });
        });
        expect(calls).toEqual([]);
    });

    test('of a paused qube waits for its unpause', async () => {
        const { during, socketPath } = await bedWith(['work']);
        await runStandIn(socketPath, ['qvm-pause', 'work']);
        const paused = await during(() =>
            runStandIn(socketPath, [
                'qvm-prefs',
                'work',
                'netvm',
                'sys-firewall',
            ]),
        );
        const unpaused = await during(() =>
            runStandIn(socketPath, ['qvm-unpause', 'work']),
        );
        const plugging = (calls: readonly string[]) =>
            calls.filter((call) => !call.startsWith('clients'));
        expect(plugging(paused)).toEqual([]);
        expect(plugging(unpaused)).toEqual([
            'unpause work',
            'detach work',
            'attach work sys-firewall 10.137.0.5',
        ]);
    });
});

describe("a client's address and rules", () => {
    test('an address set while it runs counts from the next plug on', async () => {
        const { during, socketPath } = await bedWith(['work']);
        const set = ['qvm-prefs', 'work', 'ip', '10.137.9.9'];
        expect(await during(() => runStandIn(socketPath, set))).toEqual([]);
        const [firewall] = await during(() =>
            runStandIn(socketPath, ['qvm-firewall', 'work', 'reset']),
        );
        expect(firewall).toContain(' work=10.137.0.5(');
        const replug = ['qvm-prefs', 'work', 'netvm', 'sys-filter'];
        const calls = await during(() => runStandIn(socketPath, replug));
        expect(calls).toContain('attach work sys-filter 10.137.9.9');
        expect(calls.at(-1)).toContain(' work=10.137.9.9(');
    });

    test('a change of the Qubes firewall reaches the netvm', async () => {
        const { during, socketPath } = await bedWith(['work']);
        const calls = await during(() =>
            runStandIn(socketPath, [
                'qvm-firewall',
                'work',
                'add',
                '--before',
                '0',
                'drop',
            ]),
        );
        expect(calls).toEqual([
            'clients sys-filter banking=10.137.0.6 ' +
                'work=10.137.0.5(action=drop,action=accept) ' +
                'work-dvm=10.137.0.9',
        ]);
    });
});

describe('qubes that come and go', () => {
    test('a new qube takes the lowest free qid, and its address', async () => {
        const { api, socketPath } = await bedWith([]);
        await api.call('admin.vm.Remove', 'banking');
        await api.call(
            'admin.vm.Create.AppVM',
            'dom0',
            'fedora-41',
            'name=new label=red',
        );
        const ip = await runStandIn(socketPath, ['qvm-prefs', 'new', 'ip']);
        expect(ip.stdout).toBe('10.137.0.6\n');
    });

    test('a disposable inherits from its template and ends with its domain', async () => {
        const { api, socketPath, state } = await bedWith(netvms);
        await runStandIn(socketPath, [
            'qvm-prefs',
            'work-dvm',
            'ip',
            '10.137.9.9',
        ]);
        await runStandIn(socketPath, ['qvm-tags', 'work-dvm', 'add', 'dvm']);
        const name = await api.call('admin.vm.CreateDisposable', 'work-dvm');
        const properties = await api.properties('admin.vm.property', name);
        const tags = await api.call('admin.vm.tag.List', name);
        expect(name).toMatch(/^disp[0-9]{1,4}$/);
        expect(properties.get('ip')?.text).toBe('10.137.9.9');
        expect(properties.get('netvm')?.text).toBe('sys-filter');
        expect(tags).toContain('dvm\n');
        await api.call('admin.vm.Start', name);
        await api.call('admin.vm.Shutdown', name, 'wait');
        expect(await state(name)).toBeUndefined();
    });

    test('a disposable has its address by its own number', async () => {
        const { api } = await bedWith(netvms);
        const name = await api.call('admin.vm.CreateDisposable', 'work-dvm');
        const properties = await api.properties('admin.vm.property', name);
        const number = Number(name.slice('disp'.length));
        const low = number < 255 ? number : ((number - 1) % 254) + 1;
        const high = number < 255 ? 0 : Math.floor((number - 1) / 254);
        expect(properties.get('ip')?.text).toBe(`10.138.${high}.${low}`);
    });

    test('a qube that others refer to is not removed', async () => {
        const { api } = await bedWith([]);
        await expect(api.call('admin.vm.Remove', 'sys-filter')).rejects.toThrow(
            "Domain is in use: 'sys-filter'",
        );
    });
});
