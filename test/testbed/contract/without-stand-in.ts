// Commands of the captures that have no stand-in, by the Admin API calls that
// the real ones make.

import { Api, linesOf } from '../qubesd/tools/api.ts';

/** False for a command that is none of them. */
export async function runWithoutStandIn(
    socketPath: string,
    argv: readonly string[],
): Promise<boolean> {
    const api = new Api(socketPath);
    const [program, ...words] = argv;
    const last = words.at(-1) ?? '';
    switch (program) {
        case 'qvm-clone':
            await clone(api, words[0] ?? '', last);
            return true;
        case 'qvm-run':
            await useDisposable(api, last);
            return true;
        default:
            return false;
    }
}

async function create(
    api: Api,
    name: string,
    template: string,
    label: string,
): Promise<void> {
    await api.call(
        'admin.vm.Create.AppVM',
        'dom0',
        template,
        `name=${name} label=${label}`,
    );
}

/** qubesadmin/app.py `clone_vm`: properties, tags, features, firewall. */
async function clone(api: Api, from: string, to: string): Promise<void> {
    const properties = await api.properties('admin.vm.property', from);
    const text = (name: string) => properties.get(name)?.text ?? '';
    await create(api, to, text('template'), text('label'));
    const identity = ['name', 'qid', 'uuid', 'label', 'template'];
    for (const [name, { isDefault, text: value }] of properties) {
        if (!isDefault && !identity.includes(name)) {
            await api.call('admin.vm.property.Set', to, name, value);
        }
    }
    for (const tag of linesOf(await api.call('admin.vm.tag.List', from))) {
        if (!tag.startsWith('created-by-')) {
            await api.call('admin.vm.tag.Set', to, tag);
        }
    }
    const rules = await api.call('admin.vm.firewall.Get', from);
    await api.call('admin.vm.firewall.Set', to, '', rules);
}

/** A short service in a new disposable, which ends with it. */
async function useDisposable(api: Api, template: string): Promise<void> {
    const name = await api.call('admin.vm.CreateDisposable', template);
    await api.call('admin.vm.Start', name);
    await api.call('admin.vm.Kill', name);
}
