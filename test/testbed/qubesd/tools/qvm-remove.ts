// qubesadmin/tools/qvm_remove.py; nobody is there to be asked.

import { type Api, ApiError } from './api.ts';
import { resolveGroup } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import { PythonError, RefusedError, type Tool } from './tool.ts';
import { flag, group, usage as usageOf } from './usages.ts';

const usage = usageOf(
    'qvm-remove',
    [...group, flag('--force', '-f')],
    [
        '[--verbose] [--quiet] [--help] [--version] [--all]',
        '[--exclude EXCLUDE] [--force]',
        '[VMNAME ...]',
    ],
);

export const qvmRemove: Tool = async (context) => {
    const { api, stdout, stderr } = context;
    const args = readArguments(context, usage);
    const qubes = await resolveGroup(context, usage, args);
    if (qubes.some(({ klass }) => klass === 'AdminVM')) {
        stderr("Domain 'dom0' cannot be removed.\n");
        return 1;
    }
    if (!args.has('--force')) {
        stderr('This will completely remove the selected VM(s)...\n');
        stdout(qubes.map(({ name }) => `  ${name}\n`).join(''));
        stdout('Are you sure? [y/N] ');
        throw new PythonError('EOFError', 'EOF when reading a line');
    }
    for (const { name } of qubes) {
        try {
            await api.call('admin.vm.Remove', name);
        } catch (error) {
            if (!(error instanceof ApiError && error.isQubesException)) {
                throw error;
            }
            const users = await usersOf(api, name);
            if (error.type === 'QubesVMInUseError' && users.length > 0) {
                stderr(
                    `VM ${name} cannot be removed. It is in use as:\n` +
                        users.map((user) => ` - ${user}\n`).join(''),
                );
            }
            throw new RefusedError(error.message);
        }
    }
    return 0;
};

const properties = [
    'template',
    'netvm',
    'guivm',
    'audiovm',
    'default_dispvm',
    'management_dispvm',
];

/** Those that name it themselves (qubesadmin/utils.py, vm_dependencies). */
async function usersOf(api: Api, name: string): Promise<string[]> {
    const users = [];
    const globals = await api.properties('admin.property', 'dom0');
    for (const [property, { text }] of globals) {
        if (text === name) {
            users.push(`global property ${property}`);
        }
    }
    for (const other of await api.list()) {
        const found = await api.properties('admin.vm.property', other.name);
        for (const property of properties) {
            const state = found.get(property);
            if (state?.text === name && !state.isDefault) {
                users.push(`${property} for ${other.name}`);
            }
        }
    }
    return users;
}
