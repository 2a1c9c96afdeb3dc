// From the name that a user types to a qube that can have rules.
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { toPrintable } from '../../shared/printable.ts';
import type { Qube } from '../core/qube.ts';
import { Failure } from '../failure.ts';
import { UnknownQubeError, UsageError } from './usage-error.ts';

/** The name, if a qube could have it. */
export function parseTypedName(untrusted_name: string): QubeName {
    if (untrusted_name === 'dom0') {
        throw new Failure('dom0 has no network, so there is nothing to filter');
    }
    const name = parseQubeName(untrusted_name);
    if (!name.ok) {
        throw new UsageError(
            `'${toPrintable(untrusted_name, 40)}' is no qube: ${name.error}`,
        );
    }
    return name.value;
}

/** A qube that exists, as one that can have rules. */
export function expectClient(
    name: QubeName,
    qube: Qube | null | undefined,
): Qube {
    const known = expectQube(name, qube);
    if (known.class === 'TemplateVM') {
        throw new Failure(
            `${name} is a template: it has no netvm, and is updated ` +
                'through the updates proxy',
        );
    }
    return known;
}

/** A qube that exists. */
export function expectQube(
    name: QubeName,
    qube: Qube | null | undefined,
): Qube {
    if (!qube) {
        throw new UnknownQubeError(name);
    }
    return qube;
}
