// What qubesd takes as a new value of a property, and how it refuses the rest
// (qubes-core-admin qubes/__init__.py `sanitize`, and the setters). Those that
// look at other qubes are in qube-setters.ts.

import { isIPv4, isIPv6 } from 'node:net';
import { parseIp6 } from '../../../../shared/domain/address.ts';
import {
    noSuchLabel,
    propertyValueError,
    type QubesError,
    UnexpectedError,
    valueError,
} from '../errors.ts';
import { pythonRepr, type Value } from '../python.ts';
import type { SetterContext } from './property.ts';

export const labels = [
    'red',
    'orange',
    'yellow',
    'green',
    'gray',
    'blue',
    'purple',
    'black',
] as const;

export function text({ untrusted_text }: SetterContext): Value {
    if (!/^[\x20-\x7e\t\n\r\v\f]*$/.test(untrusted_text)) {
        throw valueError('Invalid characters in property value');
    }
    return untrusted_text;
}

export function bool({ untrusted_text }: SetterContext): boolean {
    const word = untrusted_text.toLowerCase();
    if (['1', 'yes', 'true', 'on'].includes(word)) {
        return true;
    }
    if (['0', 'no', 'false', 'off'].includes(word)) {
        return false;
    }
    throw valueError(
        `Invalid literal for boolean property: ${pythonRepr(untrusted_text)}`,
    );
}

function integer({ untrusted_text }: SetterContext): number {
    if (!/^\s*[+-]?[0-9]+\s*$/.test(untrusted_text)) {
        throw unparsable('int');
    }
    return Number(untrusted_text);
}

export function positiveInteger(context: SetterContext): number {
    const value = integer(context);
    if (value <= 0) {
        throw propertyValueError(`${context.property} must be positive`);
    }
    return value;
}

export function nonNegativeInteger(context: SetterContext): number {
    const value = integer(context);
    if (value < 0) {
        throw propertyValueError(
            `${context.property} must be positive or zero`,
        );
    }
    return value;
}

export function ip4({ untrusted_text }: SetterContext): string {
    if (!isIPv4(untrusted_text)) {
        throw unparsable('IPv4Address');
    }
    return untrusted_text;
}

export function ip6({ untrusted_text }: SetterContext): string {
    const parsed = parseIp6(untrusted_text);
    if (!isIPv6(untrusted_text) || !parsed.ok) {
        throw unparsable('IPv6Address');
    }
    return parsed.value;
}

export function mac({ untrusted_text }: SetterContext): string {
    const value = untrusted_text.toLowerCase();
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)) {
        throw new UnexpectedError('Invalid MAC address value');
    }
    return value;
}

export function virtMode({ untrusted_text }: SetterContext): string {
    const value = untrusted_text.toLowerCase();
    if (!['hvm', 'pv', 'pvh'].includes(value)) {
        throw propertyValueError(
            'Invalid virtualization mode, supported values: hvm, pv, pvh',
        );
    }
    return value;
}

export function label({ untrusted_text }: SetterContext): string {
    if (!(labels as readonly string[]).includes(untrusted_text)) {
        throw noSuchLabel(untrusted_text);
    }
    return untrusted_text;
}

/** A property computed by qubesd. */
export function forbidden({ property, qube }: SetterContext): never {
    throw propertyValueError(
        `property ${pythonRepr(property)} on ${qube?.identity.klass ?? 'Qubes'} instance cannot be set`,
    );
}

/** `name`, `qid`, `uuid`: an AttributeError inside qubesd. */
export function writeOnce({ property }: SetterContext): never {
    throw new UnexpectedError(
        `property ${pythonRepr(property)} is write-once and already set`,
    );
}

function unparsable(type: string): QubesError {
    return valueError(`Failed to parse property value as ${type}`);
}
