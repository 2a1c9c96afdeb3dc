// New qubes (qubes-core-admin qubes/api/admin.py, app.py, vm/dispvm.py).

import { addTag } from '../changes/features.ts';
import {
    alreadyExists,
    noSuchLabel,
    noSuchQube,
    ProtocolError,
    qubesException,
    UnexpectedError,
    valueError,
} from '../errors.ts';
import { freeIds, newDisposable, newQube } from '../model/new-qube.ts';
import type { Qube, QubeClass } from '../model/qube.ts';
import { validateQubeName } from '../model/qube-name.ts';
import { labels } from '../model/setters.ts';
import type { System } from '../model/system.ts';
import type { AdminCall, AdminMethods } from './method.ts';

export const createMethods: AdminMethods = {
    'admin.vm.Create.AppVM': creating('AppVM'),
    'admin.vm.Create.DispVM': creating('DispVM'),
    'admin.vm.Create.StandaloneVM': creating('StandaloneVM'),
    'admin.vm.Create.TemplateVM': creating('TemplateVM'),
    'admin.vm.CreateDisposable': { run: createDisposable },
};

function creating(klass: QubeClass) {
    return {
        toAdminVm: true,
        run: (call: AdminCall) => create(call, klass),
    };
}

/** Payload `name=NAME label=LABEL`, the template as the argument. */
function create(call: AdminCall, klass: QubeClass): string {
    const { system, source, argument } = call;
    const isBased = klass === 'AppVM' || klass === 'DispVM';
    if (argument !== '' && !isBased) {
        throw new ProtocolError(`${klass} cannot be based on template`);
    }
    const { name, label } = parseParameters(call.untrusted_payload);
    if (system.find(name) !== undefined) {
        throw alreadyExists(name);
    }
    if (argument !== '' && system.find(argument) === undefined) {
        throw noSuchQube(argument);
    }
    if (!(labels as readonly string[]).includes(label)) {
        throw noSuchLabel('untrusted label');
    }
    const template = isBased ? templateFor(system, klass, argument) : null;
    const qube =
        klass === 'DispVM' && template !== null
            ? newDisposable(system, template, { name })
            : newQube({ ...freeIds(system), name, klass });
    qube.properties.set('label', label);
    if (template !== null) {
        qube.properties.set('template', template.name);
    }
    announce(system, qube);
    addTag(system, qube, `created-by-${source.name}`);
    system.events.fire(qube.name, 'domain-create-on-disk');
    return '';
}

function parseParameters(untrusted_payload: Buffer) {
    const found = new Map<string, string>();
    for (const untrusted_pair of untrusted_payload.toString().split(' ')) {
        const [key = '', ...rest] = untrusted_pair.split('=');
        if (rest.length === 0) {
            throw new UnexpectedError('not enough values to unpack');
        }
        if (found.has(key)) {
            throw new ProtocolError('Options must be unique');
        }
        if (key !== 'name' && key !== 'label') {
            throw new ProtocolError(
                'Options does not match: name, label, pool, pool:',
            );
        }
        found.set(key, rest.join('='));
    }
    const name = required(found, 'name');
    validateQubeName(name);
    return { name, label: required(found, 'label') };
}

function required(found: ReadonlyMap<string, string>, key: string): string {
    const value = found.get(key);
    if (value === undefined) {
        throw new ProtocolError(`Creation requested without key: ${key}`);
    }
    return value;
}

function templateFor(system: System, klass: QubeClass, named: string): Qube {
    const fallback = klass === 'DispVM' ? 'default_dispvm' : 'default_template';
    const name = named || system.globalValue(fallback);
    if (typeof name !== 'string') {
        throw valueError(
            'Template for the qube not specified, nor default template set.',
        );
    }
    return system.get(name);
}

/** Replies with the name, or with `uuid:…` if the payload asks so. */
function createDisposable(call: AdminCall): string {
    const { system, source, destination } = call;
    const wanted = call.untrusted_payload.toString('latin1');
    if (call.argument !== '' || !['', 'uuid'].includes(wanted)) {
        throw new ProtocolError(
            "Invalid payload, expected empty string or 'uuid'",
        );
    }
    const template =
        destination.identity.klass === 'AdminVM'
            ? templateFor(system, 'DispVM', '')
            : destination;
    if (system.value(template, 'template_for_dispvms') !== true) {
        throw qubesException(
            'Refusing to create disposable out of app qube which has ' +
                'template_for_dispvms=False',
        );
    }
    const qube = newDisposable(system, template, { cleanUp: true });
    announce(system, qube);
    system.events.fire(qube.name, 'domain-create-on-disk');
    addTag(system, qube, `created-by-${source.name}`);
    addTag(system, qube, `disp-created-by-${source.name}`);
    return wanted === 'uuid' ? `uuid:${qube.identity.uuid}` : qube.name;
}

function announce(system: System, qube: Qube): void {
    system.add(qube);
    system.events.fire('', 'domain-add', [['vm', qube.name]]);
}
