// Which qubes cannot be a ProxyVM of `setup`, or a client of it.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { type Qube, qubesBehind, type System } from '../qube.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { Wanted } from './wanted.ts';

/** Why an existing qube is none to be adopted; null if it is one. */
export function refuseProxyvm(
    { proxyvm, template }: Wanted,
    qube: Qube,
): Refusal | null {
    const other = 'choose another name for the ProxyVM: it will be made';
    if (qube.class === 'TemplateVM') {
        return refusal(`${proxyvm} is a template`, other);
    }
    if (qube.class === 'DispVM') {
        return refusal(
            `${proxyvm} is a disposable: what is set up in dom0 would be for ` +
                'a qube that goes by itself',
            other,
            `to use it all the same: qvm-prefs QUBE netvm ${proxyvm}`,
        );
    }
    if (!qube.providesNetwork) {
        return refusal(
            `${proxyvm} is there already and provides no network`,
            other,
            'to have it provide network: ' +
                `qvm-prefs ${proxyvm} provides_network True`,
        );
    }
    return template === null || template === qube.template
        ? null
        : refusal(
              `${proxyvm} is there already, and not based on ${template}`,
              other,
          );
}

/** Why one of the qubes is no client to be; null if all are. */
export function refuseClients(
    { proxyvm, clients }: Wanted,
    system: System,
): Refusal | null {
    for (const client of clients) {
        const refused = refuseClient(proxyvm, client, system);
        if (refused !== null) {
            return refused;
        }
    }
    return null;
}

function refuseClient(
    proxyvm: QubeName,
    { name, class: kind, template, providesNetwork }: Qube,
    system: System,
): Refusal | null {
    if (name === proxyvm) {
        return refusal(`${name} cannot be its own netvm`);
    }
    if (kind === 'DispVM') {
        return refusal(
            `${name} is a disposable`,
            `for all that come from its template: ${typed(proxyvm, [template ?? 'TEMPLATE'])}`,
            `for this one only: qvm-prefs ${name} netvm ${proxyvm}`,
        );
    }
    if (providesNetwork) {
        const behind = qubesBehind(system, name)
            .filter((each) => !each.providesNetwork && each.name !== proxyvm)
            .map((each) => each.name);
        return refusal(
            `${name} provides network to others, which could not be told ` +
                'apart behind it',
            `name those themselves: ${typed(proxyvm, behind)}`,
        );
    }
    return null;
}

/** The command as the user could type it. */
export function typed(proxyvm: string, clients: readonly string[]): string {
    const qubes = clients.length === 0 ? ['QUBE'] : clients;
    return ['qvm-filterproxy', 'setup', proxyvm, ...qubes].join(' ');
}
