// The properties of qubes: order, types and defaults as `admin.vm.property`
// gives them on R4.3 (qubes-core-admin qubes/vm/qubesvm.py, adminvm.py,
// dispvm.py, templatevm.py).

import type { Value } from '../python.ts';
import * as network from './network-defaults.ts';
import type { Property } from './property.ts';
import { always, bool, computed, int, str, vm } from './property-kinds.ts';
import type { QubeClass } from './qube.ts';
import * as qubeSetters from './qube-setters.ts';
import * as setters from './setters.ts';

type QubeProperty = Property<network.QubeInSystem>;
type DefaultOf = QubeProperty['defaultOf'];

const name = str<network.QubeInSystem>(
    'name',
    ({ qube }) => qube.name,
    setters.writeOnce,
);
const qid = int<network.QubeInSystem>(
    'qid',
    ({ qube }) => qube.identity.qid,
    setters.writeOnce,
);
const uuid = str<network.QubeInSystem>(
    'uuid',
    ({ qube }) => qube.identity.uuid,
    setters.writeOnce,
);
const label: QubeProperty = {
    name: 'label',
    type: 'label',
    defaultOf: always(null),
    setter: setters.label,
};
const klass: QubeProperty = computed(
    'klass',
    ({ qube }) => qube.identity.klass,
);

/** By load stage, then by name; not every class has them all. */
const ofQubes: readonly QubeProperty[] = [
    bool('auto_cleanup', always(false)),
    bool('autostart', always(false)),
    int('backup_timestamp', always(null)),
    bool('debug', always(false)),
    str('default_user', inherited('default_user', 'user')),
    str('devices_denied', always('')),
    int('dispid', ({ qube }) => qube.identity.dispid, setters.writeOnce),
    computed('dns', network.dns),
    computed('gateway', network.gateway),
    computed('gateway6', network.gateway6),
    computed('icon', icon),
    bool(
        'include_in_backups',
        ({ system, qube }) => system.value(qube, 'auto_cleanup') !== true,
    ),
    bool('installed_by_rpm', always(false)),
    str('ip', network.ip, setters.ip4),
    str('ip6', network.ip6, setters.ip6),
    str('kernel', inherited('kernel', '6.12.63-1')),
    str('keyboard_layout', always('us++')),
    klass,
    label,
    str('mac', always('00:16:3e:5e:6c:00'), setters.mac),
    int('maxmem', inherited('maxmem', 4000), setters.nonNegativeInteger),
    int('memory', inherited('memory', 400)),
    name,
    bool('provides_network', always(false), qubeSetters.providesNetwork),
    qid,
    int('qrexec_timeout', inherited('qrexec_timeout', 60)),
    int('shutdown_timeout', inherited('shutdown_timeout', 60)),
    computed('start_time', startTime),
    int('stubdom_mem', always(null)),
    computed('stubdom_uuid', always('')),
    int('stubdom_xid', always(-1), setters.forbidden),
    bool('template_for_dispvms', always(false)),
    bool('updateable', isUpdateable, setters.forbidden),
    uuid,
    int('vcpus', inherited('vcpus', 2)),
    str('virt_mode', inherited('virt_mode', 'pvh'), setters.virtMode),
    computed('visible_gateway', network.visibleGateway),
    computed('visible_gateway6', network.visibleGateway6),
    computed('visible_ip', network.visibleIp),
    computed('visible_ip6', network.visibleIp6),
    computed('visible_netmask', network.visibleNetmask),
    int('xid', ({ qube }) => qube.xid, setters.forbidden),
    str('appvm_default_bootmode', always('default')),
    vm('audiovm', global('default_audiovm')),
    str('bootmode', always('default')),
    vm('default_dispvm', defaultDispvm, qubeSetters.dispvmTemplate),
    vm('guivm', global('default_guivm')),
    str('kernelopts', always('swiotlb=2048')),
    vm(
        'management_dispvm',
        inherited('management_dispvm', null),
        qubeSetters.dispvmTemplate,
    ),
    vm('netvm', defaultNetvm, qubeSetters.netvm),
    vm('template', always(null), qubeSetters.template),
];

const ofDisposablesOnly = ['auto_cleanup', 'dispid'];
const ofTemplatesOnly = ['appvm_default_bootmode'];
const ofBasedOnTemplate = ['template'];
const ofDisposableTemplates = ['template_for_dispvms'];

const tables: Readonly<Record<QubeClass, readonly QubeProperty[]>> = {
    AdminVM: [
        str('devices_denied', always('')),
        computed('icon', always('adminvm-black')),
        bool('include_in_backups', always(true)),
        str('keyboard_layout', always('us++')),
        klass,
        label,
        int('maxmem', always(4096), setters.forbidden),
        { ...name, setter: setters.forbidden },
        { ...qid, setter: setters.forbidden },
        bool('updateable', always(true), setters.forbidden),
        { ...uuid, setter: setters.forbidden },
        vm('default_dispvm', defaultDispvm, qubeSetters.dispvmTemplate),
    ],
    AppVM: without(ofDisposablesOnly, ofTemplatesOnly),
    DispVM: without(ofTemplatesOnly, ofDisposableTemplates),
    StandaloneVM: without(
        ofDisposablesOnly,
        ofTemplatesOnly,
        ofBasedOnTemplate,
        ofDisposableTemplates,
    ),
    TemplateVM: without(
        ofDisposablesOnly,
        ofBasedOnTemplate,
        ofDisposableTemplates,
    ),
};

export function propertiesOf(of: QubeClass): readonly QubeProperty[] {
    return tables[of];
}

function without(...absent: readonly string[][]): readonly QubeProperty[] {
    const names = new Set(absent.flat());
    return ofQubes.filter((property) => !names.has(property.name));
}

function global(property: string): DefaultOf {
    return ({ system }) => system.globalValue(property);
}

/** The template's value, where there is a template with that property. */
function inherited(property: string, otherwise: Value): DefaultOf {
    return ({ system, qube }) => {
        const template = system.related(qube, 'template');
        const found = template && system.holder(template).find(property);
        return found ? found.value : otherwise;
    };
}

function defaultDispvm({ system, qube }: network.QubeInSystem): Value {
    return qube.identity.klass === 'DispVM'
        ? system.value(qube, 'template')
        : system.globalValue('default_dispvm');
}

function defaultNetvm({ system, qube }: network.QubeInSystem): Value {
    return qube.identity.klass === 'TemplateVM'
        ? null
        : system.globalValue('default_netvm');
}

function isUpdateable({ qube }: network.QubeInSystem): Value {
    return !['AppVM', 'DispVM'].includes(qube.identity.klass);
}

function startTime({ qube }: network.QubeInSystem): Value {
    return qube.startTime === null ? null : qube.startTime.toFixed(1);
}

function icon({ system, qube }: network.QubeInSystem): Value {
    const colour = system.value(qube, 'label');
    const isService =
        qube.identity.klass !== 'TemplateVM' && qube.features.get('servicevm');
    return `${isService ? 'servicevm' : qube.identity.klass.toLowerCase()}-${colour}`;
}
