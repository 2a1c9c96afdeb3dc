// testbed start, stop, kill, pause, unpause, remove, create, dns, status:
// calls of the Admin API, as dom0's own tools make them. And testbed qubesd.
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { setAddresses } from './internet/zone.ts';
import {
    Api,
    ApiError,
    type ListedQube,
    parseProperty,
} from './qubesd/tools/api.ts';
import { formatTable } from './qubesd/tools/table.ts';
import { isQubesdAction, qubesdActions, sendToQubesd } from './qubesd-life.ts';
import { controlSocket } from './xen/paths.ts';

export class UsageError extends Error {}

/** Also when qubesd refuses dom0. */
const admin = new Api(controlSocket);

const simpleVerbs: Readonly<Record<string, readonly [string, string?]>> = {
    start: ['admin.vm.Start'],
    // A netvm too, clients or not, and to its end.
    stop: ['admin.vm.Shutdown', 'force+wait'],
    kill: ['admin.vm.Kill'],
    pause: ['admin.vm.Pause'],
    unpause: ['admin.vm.Unpause'],
    remove: ['admin.vm.Remove'],
};

/** Returns the exit code: 1 when qubesd refused, with its words on stderr. */
export async function runCommandLine(argv: readonly string[]) {
    const [verb = '', ...rest] = argv;
    try {
        await run(verb, rest);
        return 0;
    } catch (error) {
        if (error instanceof ApiError) {
            console.error(`testbed: ${error.message}`);
            return 1;
        }
        throw error;
    }
}

async function run(verb: string, rest: readonly string[]): Promise<void> {
    const simple = simpleVerbs[verb];
    if (simple !== undefined) {
        const [method, argument] = simple;
        const [name, ...more] = rest;
        if (name === undefined || more.length > 0) {
            throw new UsageError(`${verb} needs the name of one qube`);
        }
        await admin.call(method, name, argument);
    } else if (verb === 'create') {
        await create(rest);
    } else if (verb === 'dns') {
        await dns(rest);
    } else if (verb === 'qubesd') {
        await qubesd(rest);
    } else if (verb === 'status') {
        await status(rest);
    } else {
        throw new UsageError(`there is no command ${verb}`);
    }
}

const createOptions = {
    netvm: { type: 'string' },
    class: { type: 'string', default: 'AppVM' },
    template: { type: 'string' },
    'provides-network': { type: 'boolean', default: false },
} as const;

async function create(args: readonly string[]): Promise<void> {
    const { name, values } = parseCreate(args);
    const klass = values.class;
    const template =
        values.template ?? (klass === 'DispVM' ? 'work-dvm' : 'fedora-41');
    const label = `name=${name} label=red`;
    await admin.call(`admin.vm.Create.${klass}`, 'dom0', template, label);
    try {
        if (values['provides-network']) {
            const property = 'admin.vm.property.Set';
            await admin.call(property, name, 'provides_network', 'True');
        }
        await admin.call('admin.vm.property.Set', name, 'netvm', values.netvm);
    } catch (error) {
        await admin.call('admin.vm.Remove', name);
        throw error;
    }
}

function parseCreate(args: readonly string[]) {
    const { values, positionals } = parseCreateArguments(args);
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) {
        throw new UsageError('create needs one name for the new qube');
    }
    if (values.netvm === undefined) {
        throw new UsageError("create needs --netvm, '' for none");
    }
    if (values.class !== 'AppVM' && values.class !== 'DispVM') {
        throw new UsageError('--class is AppVM or DispVM');
    }
    return { name, values: { ...values, netvm: values.netvm } };
}

function parseCreateArguments(args: readonly string[]) {
    try {
        return parseArgs({
            args: [...args],
            options: createOptions,
            allowPositionals: true,
        });
    } catch (error) {
        throw new UsageError((error as Error).message);
    }
}

async function dns(args: readonly string[]): Promise<void> {
    const [name, ...addresses] = args;
    if (name === undefined || addresses.length === 0) {
        throw new UsageError('dns needs a name and at least one address');
    }
    const wrong = addresses.find((address) => isIP(address) === 0);
    if (wrong !== undefined) {
        throw new UsageError(`${wrong} is no IP address`);
    }
    await setAddresses(name, addresses);
}

async function qubesd([action = '', ...more]: readonly string[]) {
    if (!isQubesdAction(action) || more.length > 0) {
        const actions = qubesdActions.join(', ');
        throw new UsageError(`qubesd needs one of ${actions}`);
    }
    await sendToQubesd(action);
}

const columns = ['name', 'class', 'state', 'netvm', 'ip', 'ip6'] as const;

async function status(args: readonly string[]): Promise<void> {
    if (args.length > 0) {
        throw new UsageError('status takes no arguments');
    }
    const rows: (readonly string[])[] = [columns];
    for (const { name, klass, state } of dom0First(await admin.list())) {
        const network = name === 'dom0' ? [] : await networkOf(name);
        rows.push([name, klass, state, ...network]);
    }
    process.stdout.write(formatTable(rows.map(padded)));
}

function dom0First(qubes: readonly ListedQube[]): ListedQube[] {
    const rank = ({ name }: ListedQube) => (name === 'dom0' ? 0 : 1);
    return [...qubes].sort((one, other) => rank(one) - rank(other));
}

function networkOf(name: string): Promise<string[]> {
    const texts = ['netvm', 'ip', 'ip6'].map(async (property) => {
        const get = 'admin.vm.property.Get';
        return parseProperty(await admin.call(get, name, property)).text;
    });
    return Promise.all(texts);
}

/** What a qube has not is a dash. */
function padded(row: readonly string[]): string[] {
    return columns.map((_, at) => row[at] || '-');
}
