// Qubes as the qvm-tools tell of them.
import { parseQvmLs } from '../../dom0/core/parse-tool-output.ts';
import type { System } from '../../dom0/core/qube.ts';

export interface FakeQube {
    readonly name: string;
    readonly class?: string;
    readonly netvm?: string | null;
    readonly ip?: string | null;
    readonly ip6?: string | null;
    readonly gateway?: string | null;
    readonly gateway6?: string | null;
    readonly xid?: number;
    readonly stubdomXid?: number;
    readonly uuid?: string;
    readonly template?: string | null;
    readonly providesNetwork?: boolean;
    readonly isDisposableTemplate?: boolean;
}

/** A uuid that says whose it is: 12 letters as hexadecimal digits. */
export function uuidOf(name: string): string {
    const hex = Buffer.from(name).toString('hex').padEnd(24, '0');
    const [start, middle, end] = [
        hex.slice(0, 12),
        hex.slice(12, 20),
        hex.slice(20, 24),
    ];
    return `${middle}-${end}-4000-8000-${start}`;
}

const defaults = {
    class: 'AppVM',
    netvm: null,
    ip: null,
    ip6: null,
    gateway: null,
    gateway6: null,
    xid: -1,
    stubdomXid: -1,
    providesNetwork: false,
    isDisposableTemplate: false,
};

function filled(qube: FakeQube) {
    const kind = qube.class ?? defaults.class;
    const isBased = kind === 'AppVM' || kind === 'DispVM';
    return {
        ...defaults,
        uuid: uuidOf(qube.name),
        template: isBased ? 'fedora-41' : null,
        ...qube,
    };
}

type Cells = Record<string, string | null>;

function cellsOf(fake: FakeQube): Cells {
    const qube = filled(fake);
    const hasFlag = qube.class === 'AppVM';
    return {
        name: qube.name,
        class: qube.class,
        xid: String(qube.xid),
        stubdom_xid: String(qube.stubdomXid),
        uuid: qube.uuid,
        netvm: qube.netvm,
        ip: qube.ip,
        ip6: qube.ip6,
        visible_gateway: qube.gateway,
        visible_gateway6: qube.gateway6,
        provides_network: qube.providesNetwork ? 'True' : 'False',
        template: qube.template,
        template_for_dispvms: hasFlag
            ? capitalized(qube.isDisposableTemplate)
            : null,
    };
}

function capitalized(value: boolean): string {
    return value ? 'True' : 'False';
}

/** What `qvm-ls --raw-data --fields FIELDS` prints. */
export function qvmLs(qubes: readonly FakeQube[], fields: string): string {
    const names = fields.split(',');
    const dom0: Cells = {
        name: 'dom0',
        class: 'AdminVM',
        uuid: '00000000-0000-0000-0000-000000000000',
    };
    return [dom0, ...qubes.map(cellsOf)]
        .map((cells) => names.map((name) => cells[name] ?? '-').join('|'))
        .map((line) => `${line}\n`)
        .join('');
}

/** What `qvm-prefs QUBE` prints. */
export function qvmPrefs(fake: FakeQube): string {
    const { class: klass = null, ...cells } = cellsOf(fake);
    const lines = Object.entries({ ...cells, klass })
        .filter(([name, value]) => name !== 'template' || value !== null)
        .map(([name, value]) => {
            const none = name === 'netvm' ? 'None' : '';
            return `${name.padEnd(20)}  D  ${value ?? none}\n`;
        });
    return ['backup_timestamp      U\n', ...lines].join('');
}

/** The qubes as dom0 knows them once it has read them. */
export function systemOf(qubes: readonly FakeQube[]): System {
    const fields =
        'name,class,xid,stubdom_xid,uuid,netvm,ip,ip6,visible_gateway,visible_gateway6,provides_network,template,template_for_dispvms';
    const system = parseQvmLs(qvmLs(qubes, fields));
    if (!system.ok) {
        throw new Error(system.error);
    }
    return system.value;
}

/** A disposable of work-dvm that runs; none of the examples. */
export const disposable: FakeQube = {
    name: 'disp12',
    class: 'DispVM',
    template: 'work-dvm',
    netvm: 'sys-filter',
    ip: '10.138.0.5',
    gateway: '10.137.0.4',
    xid: 12,
};

/** The qubes of the examples in the documentation. */
export const exampleQubes: readonly FakeQube[] = [
    {
        name: 'banking',
        netvm: 'sys-filter',
        ip: '10.137.0.6',
        gateway: '10.137.0.4',
        xid: 6,
    },
    { name: 'fedora-41', class: 'TemplateVM' },
    {
        name: 'personal',
        netvm: 'sys-firewall',
        ip: '10.137.0.7',
        gateway: '10.137.0.3',
        xid: 7,
    },
    {
        name: 'sys-filter',
        netvm: 'sys-firewall',
        ip: '10.137.0.4',
        gateway: '10.137.0.3',
        xid: 3,
        providesNetwork: true,
    },
    {
        name: 'sys-filter2',
        netvm: 'sys-firewall',
        ip: '10.137.0.10',
        gateway: '10.137.0.3',
        xid: 4,
        providesNetwork: true,
    },
    {
        name: 'sys-firewall',
        netvm: 'sys-net',
        ip: '10.137.0.3',
        gateway: '10.137.0.2',
        xid: 2,
        providesNetwork: true,
    },
    { name: 'sys-net', ip: '10.137.0.2', xid: 1, providesNetwork: true },
    { name: 'vault' },
    {
        name: 'work',
        netvm: 'sys-filter',
        ip: '10.137.0.5',
        ip6: 'fd09:24ef:4179::a89:5',
        gateway: '10.137.0.4',
        gateway6: 'fd09:24ef:4179::a89:4',
        xid: 5,
    },
    {
        name: 'work-dvm',
        netvm: 'sys-filter',
        ip: '10.137.0.9',
        gateway: '10.137.0.4',
        isDisposableTemplate: true,
    },
];

/** The example with some qubes changed or added. */
export function exampleWith(...changes: readonly FakeQube[]): FakeQube[] {
    const changed = new Map(exampleQubes.map((qube) => [qube.name, qube]));
    for (const change of changes) {
        changed.set(change.name, { ...changed.get(change.name), ...change });
    }
    return [...changed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
