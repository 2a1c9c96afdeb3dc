// The qubes of the machine on which test/golden was captured, with its UUIDs,
// and a world that only notes what is asked of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
    type QubeDefinition,
    type QubesdOptions,
    startQubesd,
} from '../qubesd/index.ts';
import type { World } from '../world.ts';

/** The qubes that ran when most captures were taken. */
export const runningWhenCaptured = [
    'sys-net',
    'sys-firewall',
    'sys-filter',
    'work',
] as const;

const appVm = { klass: 'AppVM', template: 'fedora-41' } as const;
const netvm = { ...appVm, properties: { provides_network: true } } as const;

const qubes: readonly QubeDefinition[] = [
    {
        name: 'dom0',
        klass: 'AdminVM',
        label: 'black',
        qid: 0,
        uuid: '00000000-0000-0000-0000-000000000000',
    },
    {
        name: 'fedora-41',
        klass: 'TemplateVM',
        label: 'black',
        qid: 1,
        uuid: '58d44756-3b33-4b06-bceb-a8bb80295d6d',
        features: {
            qrexec: '1',
            os: 'Linux',
            'os-distribution': 'fedora',
            'qubes-firewall': '1',
            vmexec: '1',
            gui: '1',
        },
    },
    {
        ...netvm,
        name: 'sys-net',
        label: 'red',
        qid: 2,
        uuid: '8d40857c-9fdd-484f-82e6-7d4591d86076',
        netvm: null,
    },
    {
        ...netvm,
        name: 'sys-firewall',
        label: 'green',
        qid: 3,
        uuid: '7091349d-629a-49d5-b641-125b3b799816',
        netvm: 'sys-net',
    },
    {
        ...netvm,
        name: 'sys-filter',
        label: 'orange',
        qid: 4,
        uuid: 'df780154-c39e-4f3c-84b0-c9db67de8df0',
        netvm: 'sys-firewall',
    },
    {
        ...appVm,
        name: 'work',
        label: 'blue',
        qid: 5,
        uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
        netvm: 'sys-filter',
        features: { 'menu-items': '' },
        tags: ['office'],
    },
    {
        ...appVm,
        name: 'banking',
        label: 'green',
        qid: 6,
        uuid: '7972106e-38f8-4b96-ad18-fbd61967ca90',
        netvm: 'sys-filter',
    },
    {
        ...appVm,
        name: 'personal',
        label: 'yellow',
        qid: 7,
        uuid: 'eb384aa0-4756-417b-90e5-fa81e30870dd',
    },
    {
        ...appVm,
        name: 'vault',
        label: 'black',
        qid: 8,
        uuid: '23d23022-c1f6-44fc-9894-e486ce7649f2',
        netvm: null,
    },
    {
        ...appVm,
        name: 'work-dvm',
        label: 'blue',
        qid: 9,
        uuid: 'ed01bea0-e0ae-4208-90e4-459e7628ceeb',
        netvm: 'sys-filter',
        properties: { template_for_dispvms: true },
    },
];

const globals = {
    clockvm: 'sys-net',
    default_dispvm: 'work-dvm',
    default_kernel: '6.12.63-1',
    default_netvm: 'sys-firewall',
    default_pool: 'varlibqubes',
    default_pool_kernel: 'linux-kernel',
    default_template: 'fedora-41',
} as const;

/** Each call as one line, e.g. `boot work`. */
export interface RecordingWorld extends World {
    readonly calls: readonly string[];
}

export function recordingWorld(overrides: Partial<World> = {}): RecordingWorld {
    const calls: string[] = [];
    const note = async (...words: readonly string[]) => {
        calls.push(words.join(' '));
    };
    return {
        calls,
        create: ({ name, network }) =>
            note('create', name, network?.netvm ?? 'unplugged'),
        boot: (name) => note('boot', name),
        destroy: (name, how) => note(how, name),
        pause: (name) => note('pause', name),
        unpause: (name) => note('unpause', name),
        attachNetwork: (name, { netvm: to, ip }) =>
            note('attach', name, to, ip),
        detachNetwork: (name) => note('detach', name),
        setClients: (name, clients) =>
            note(
                'clients',
                name,
                ...clients.map(
                    (one) =>
                        `${one.name}=${one.ip}${one.rules ? `(${one.rules.join(',')})` : ''}`,
                ),
            ),
        ...overrides,
    };
}

export interface Running {
    readonly socketPath: string;
    /** Leaves the socket, which nobody listens to, as the real one does. */
    readonly stop: () => Promise<void>;
    /** Stops it and removes everything. */
    readonly close: () => Promise<void>;
}

/** `running` qubes are up, each after its netvm; xids count from 1. */
export async function startCapturedQubes(
    running: readonly string[],
    options: Partial<QubesdOptions> = {},
): Promise<Running> {
    const folder = await mkdtemp(join(tmpdir(), 'qubesd-'));
    const socketPath = join(folder, 'qubesd.sock');
    const qubesd = await startQubesd({
        world: recordingWorld(),
        socketPath,
        qubes: qubes.map((qube) => ({
            ...qube,
            running: running.includes(qube.name),
        })),
        globals,
        release: '4.4',
        reattachDelayMs: 1,
        report: () => undefined,
        ...options,
    });
    return {
        socketPath,
        stop: () => qubesd.close(),
        close: async () => {
            await qubesd.close();
            await rm(folder, { recursive: true });
        },
    };
}
