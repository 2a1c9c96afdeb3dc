import { removeFeature, setFeature } from '../changes/features.ts';
import { noSuchFeature, ProtocolError } from '../errors.ts';
import {
    type AdminCall,
    type AdminMethods,
    lines,
    named,
    plain,
} from './method.ts';

export const featureMethods: AdminMethods = {
    'admin.vm.feature.List': {
        ...plain,
        run: ({ destination }) => lines(destination.features.keys()),
    },
    'admin.vm.feature.Get': {
        ...named,
        run: (call) =>
            found(call, call.destination.features.get(call.argument)),
    },
    'admin.vm.feature.CheckWithTemplate': {
        ...named,
        run: (call) => found(call, along(call, 'template')),
    },
    'admin.vm.feature.CheckWithNetvm': {
        ...named,
        run: (call) => found(call, along(call, 'netvm')),
    },
    'admin.vm.feature.Set': { wantsArgument: true, run: set },
    'admin.vm.feature.Remove': {
        ...named,
        run: ({ system, destination, argument }) => {
            removeFeature(system, destination, argument);
            return '';
        },
    },
};

function along(
    { system, destination, argument }: AdminCall,
    chain: 'netvm' | 'template',
): string | undefined {
    return system.featureAlong(destination, chain, argument);
}

function found(call: AdminCall, value: string | undefined): string {
    if (value === undefined) {
        throw noSuchFeature(call.destination.name, call.argument);
    }
    return value;
}

function set(call: AdminCall): string {
    const { system, destination, argument, untrusted_payload } = call;
    if (!/^[a-zA-Z0-9_.-]+$/.test(argument)) {
        throw new ProtocolError('feature name contains illegal characters');
    }
    const untrusted_value = untrusted_payload.toString('latin1');
    if (!/^[\x20-\x7e]*$/.test(untrusted_value)) {
        throw new ProtocolError(
            `${argument} value contains illegal characters`,
        );
    }
    setFeature(system, destination, argument, untrusted_value);
    return '';
}
