// From the name that a user types to a qube that can have rules.
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { toPrintable } from '../../shared/printable.ts';
import type { Qube, System } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
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

/** The qubes of those names, each once, as ones that can have rules. */
export function typedClients(
    system: System,
    untrusted_names: readonly string[],
): Qube[] {
    const names = new Set(untrusted_names.map(parseTypedName));
    return [...names].map((name) => expectClient(system, name));
}

export function typedClient(system: System, untrusted_name: string): Qube {
    return expectClient(system, parseTypedName(untrusted_name));
}

/** The qube of that name, as one that can have rules. */
export function expectClient(system: System, name: QubeName): Qube {
    return asClient(expectQube(system, name));
}

/** The qube of that name. */
export function expectQube(system: System, name: QubeName): Qube {
    const qube = system.get(name);
    if (qube === undefined) {
        throw new UnknownQubeError(name, system.keys());
    }
    return qube;
}

/** What to say where all qubes were not asked for before. */
export async function unknownQube(
    { inventory }: Pick<Deps, 'inventory'>,
    name: QubeName,
): Promise<UnknownQubeError> {
    return new UnknownQubeError(name, (await inventory.all()).keys());
}

/** A qube, as one that can have rules. */
export function asClient(qube: Qube): Qube {
    if (qube.class === 'TemplateVM') {
        throw new Failure(
            `${qube.name} is a template: it has no netvm, and is updated ` +
                'through the updates proxy',
        );
    }
    return qube;
}
