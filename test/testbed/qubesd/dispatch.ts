// From a request to its method (qubes-core-admin qubes/api/__init__.py,
// class AbstractQubesAPI): who is meant first, then what, then how.

import { noSuchQube, ProtocolError, QubesError } from './errors.ts';
import { adminMethods } from './methods/index.ts';
import type { AdminCall, AdminMethod } from './methods/method.ts';
import type { Qube } from './model/qube.ts';
import { validateQubeName } from './model/qube-name.ts';
import type { System } from './model/system.ts';
import { pythonRepr } from './python.ts';
import type { AdminRequest } from './wire.ts';

export type Dispatched =
    | { readonly kind: 'call'; readonly answer: () => Promise<string> }
    | { readonly kind: 'events'; readonly destination: Qube };

const events: Omit<AdminMethod, 'run'> = {
    wantsArgument: false,
    wantsPayload: false,
};

export function dispatch(system: System, request: AdminRequest): Dispatched {
    const source = decodeQube(system, request.source);
    const destination = decodeQube(system, request.destination);
    const { method: name, argument, payload: untrusted_payload } = request;
    const call = { system, source, destination, argument, untrusted_payload };
    if (name === 'admin.Events') {
        check(events, call);
        return { kind: 'events', destination };
    }
    const method = Object.hasOwn(adminMethods, name)
        ? adminMethods[name]
        : undefined;
    if (method === undefined) {
        throw new ProtocolError(`no such method: ${pythonRepr(name)}`);
    }
    check(method, call);
    return { kind: 'call', answer: async () => method.run(call) };
}

function decodeQube(system: System, untrusted_name: string): Qube {
    if (!untrusted_name.startsWith('uuid:')) {
        validateQubeName(untrusted_name);
        return system.get(untrusted_name);
    }
    const uuid = untrusted_name.slice('uuid:'.length);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
        throw new QubesError(
            'QubesVMInvalidUUIDError',
            `VM UUID is not valid: ${pythonRepr(uuid)}`,
        );
    }
    const qube = system.findByUuid(uuid);
    if (qube === undefined) {
        throw noSuchQube(untrusted_name);
    }
    return qube;
}

function check(
    { wantsPayload, wantsArgument, toAdminVm }: Omit<AdminMethod, 'run'>,
    { untrusted_payload, argument, destination }: AdminCall,
): void {
    const hasPayload = untrusted_payload.length > 0;
    const isAdmin = destination.identity.klass === 'AdminVM';
    const not = isAdmin ? 'not ' : '';
    enforce(wantsPayload, hasPayload, 'expected payload', 'unexpected payload');
    enforce(
        wantsArgument,
        argument !== '',
        'expected an argument',
        'unexpected argument',
    );
    const destinationError = `expected destination to ${not}be AdminVM`;
    enforce(toAdminVm, isAdmin, destinationError, destinationError);
}

function enforce(
    wanted: boolean | undefined,
    present: boolean,
    missing: string,
    unexpected: string,
): void {
    if (wanted !== undefined && wanted !== present) {
        throw new ProtocolError(wanted ? missing : unexpected);
    }
}
