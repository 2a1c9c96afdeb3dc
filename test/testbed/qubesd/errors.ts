// The exceptions of qubesd that reach a caller (qubes-core-admin
// qubes/exc.py), with the texts it gives them.

import { pythonRepr } from './python.ts';

/** `type` is the Python class name, as on the wire. */
export class QubesError extends Error {
    readonly type: string;

    constructor(type: string, message: string) {
        super(message);
        this.type = type;
    }
}

/** A malformed request: an empty reply in R4.3, an exception in 4.4. */
export class ProtocolError extends Error {}

/** Any Python exception qubesd has no answer for: an empty reply. */
export class UnexpectedError extends Error {}

export function qubesException(message: string): QubesError {
    return new QubesError('QubesException', message);
}

export function valueError(message: string): QubesError {
    return new QubesError('QubesValueError', message);
}

export function propertyValueError(message: string): QubesError {
    return new QubesError('QubesPropertyValueError', message);
}

export function noSuchQube(name: string): QubesError {
    return new QubesError(
        'QubesVMNotFoundError',
        `No such domain: ${pythonRepr(name)}`,
    );
}

export function noSuchProperty(holder: string, name: string): QubesError {
    return new QubesError(
        'QubesNoSuchPropertyError',
        `Invalid property ${pythonRepr(name)} of ${holder}`,
    );
}

export function noSuchFeature(qube: string, feature: string): QubesError {
    return new QubesError(
        'QubesFeatureNotFoundError',
        `Feature not set for domain ${qube}: ${feature}`,
    );
}

export function noSuchTag(qube: string, tag: string): QubesError {
    return new QubesError(
        'QubesTagNotFoundError',
        `Tag not set for domain ${qube}: ${tag}`,
    );
}

export function noSuchLabel(label: string): QubesError {
    return new QubesError(
        'QubesLabelNotFoundError',
        `Label does not exist: ${label}`,
    );
}

export function alreadyExists(qube: string): QubesError {
    return new QubesError(
        'QubesVMAlreadyExistsError',
        `Qube already exists: ${qube}`,
    );
}

export function notStarted(qube: string, message?: string): QubesError {
    return new QubesError(
        'QubesVMNotStartedError',
        message ?? `Domain is powered off: ${pythonRepr(qube)}`,
    );
}

export function notRunning(qube: string): QubesError {
    return new QubesError(
        'QubesVMNotRunningError',
        `Domain not running (either powered off or paused): ${pythonRepr(qube)}`,
    );
}

export function notPaused(qube: string): QubesError {
    return new QubesError(
        'QubesVMNotPausedError',
        `Domain is not paused: ${pythonRepr(qube)}`,
    );
}

export function notHalted(qube: string, message?: string): QubesError {
    return new QubesError(
        'QubesVMNotHaltedError',
        message ?? `Domain is not powered off: ${pythonRepr(qube)}`,
    );
}

export function inUse(message: string): QubesError {
    return new QubesError('QubesVMInUseError', message);
}
