// The qubes of the testbed as it comes up.

import type { QubeDefinition } from './index.ts';

const appVm = { klass: 'AppVM', template: 'fedora-41' } as const;

const netvm = {
    properties: { provides_network: true },
    features: { servicevm: '1' },
} as const;

export const defaultQubes: readonly QubeDefinition[] = [
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
        features: {
            qrexec: '1',
            os: 'Linux',
            'os-distribution': 'fedora',
            'qubes-firewall': '1',
            vmexec: '1',
            gui: '1',
            // Our package's service is there.
            'supported-rpc.qubes.FilterProxy': '1',
        },
    },
    {
        ...appVm,
        ...netvm,
        name: 'sys-net',
        label: 'red',
        qid: 2,
        netvm: null,
        // Looked up along the netvm chain: all behind it have IPv6.
        features: { ...netvm.features, ipv6: '1' },
        running: true,
    },
    {
        ...appVm,
        ...netvm,
        name: 'sys-firewall',
        label: 'green',
        qid: 3,
        netvm: 'sys-net',
        running: true,
    },
    {
        ...appVm,
        ...netvm,
        name: 'sys-filter',
        label: 'orange',
        qid: 4,
        netvm: 'sys-firewall',
        running: true,
    },
    {
        ...appVm,
        name: 'work',
        label: 'blue',
        qid: 5,
        netvm: 'sys-filter',
        running: true,
    },
    {
        ...appVm,
        name: 'banking',
        label: 'green',
        qid: 6,
        netvm: 'sys-filter',
        // One client of sys-filter without IPv6.
        features: { ipv6: '' },
        running: true,
    },
    { ...appVm, name: 'personal', label: 'yellow', qid: 7 },
    { ...appVm, name: 'vault', label: 'black', qid: 8, netvm: null },
    {
        ...appVm,
        name: 'work-dvm',
        label: 'blue',
        qid: 9,
        netvm: 'sys-filter',
        properties: { template_for_dispvms: true },
    },
    {
        ...appVm,
        ...netvm,
        name: 'sys-filter2',
        label: 'orange',
        qid: 10,
        netvm: 'sys-firewall',
        running: true,
    },
];

/** `personal` has its netvm from here. */
export const defaultGlobals = {
    clockvm: 'sys-net',
    default_dispvm: 'work-dvm',
    default_kernel: '6.12.63-1',
    default_netvm: 'sys-firewall',
    default_pool: 'varlibqubes',
    default_pool_kernel: 'linux-kernel',
    default_template: 'fedora-41',
} as const;
