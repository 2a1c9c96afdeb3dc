// The system's own properties (qubes-core-admin qubes/app.py), as
// `qubes-prefs` lists them.

import type { Property } from './property.ts';
import { always, bool, int, str, vm } from './property-kinds.ts';
import * as qubeSetters from './qube-setters.ts';
import type { System } from './system.ts';

const defaultPool = ({ system }: GlobalOwner) =>
    system.globalValue('default_pool');

export interface GlobalOwner {
    readonly system: System;
}

export const globalProperties: readonly Property<GlobalOwner>[] = [
    bool('check_updates_vm', always(true)),
    vm('clockvm', always(null)),
    vm('default_audiovm', always('dom0')),
    vm('default_dispvm', always(null), qubeSetters.dispvmTemplate),
    vm('default_guivm', always('dom0')),
    str('default_kernel', always('')),
    vm('default_netvm', always(null), qubeSetters.defaultNetvm),
    str('default_pool', always('varlibqubes')),
    str('default_pool_kernel', always('linux-kernel')),
    str('default_pool_private', defaultPool),
    str('default_pool_root', defaultPool),
    str('default_pool_volatile', defaultPool),
    int('default_qrexec_timeout', always(60)),
    int('default_shutdown_timeout', always(60)),
    vm('default_template', always(null)),
    vm('management_dispvm', always(null), qubeSetters.dispvmTemplate),
    int('maxmem', always(32_768)),
    int('no_cpus', always(8)),
    int('stats_interval', always(3)),
    vm('updatevm', always(null)),
];
