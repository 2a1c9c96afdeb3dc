// What there is to do for a qube behind a netvm without an agent.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { netvmsAbove, rootTemplate, type System } from '../../core/qube.ts';
import type { Situation } from '../../core/situation.ts';
import type { Explanation } from './explanation.ts';

export function explainNoAgent(
    qube: QubeName,
    system: System,
    { proxyvm, furtherUp }: Extract<Situation, { kind: 'no-agent' }>,
): Explanation {
    const install = installIn(proxyvm, system);
    return furtherUp === null
        ? {
              what:
                  `its netvm ${proxyvm} has no filter proxy agent, so ` +
                  'nothing is filtered and no proxy answers it',
              todo: [...instead(qube, system, proxyvm), install],
          }
        : {
              what:
                  `it is behind ${proxyvm}, which has no filter proxy agent; ` +
                  `${furtherUp} has one, but cannot tell ${qube} from ` +
                  `${proxyvm}`,
              todo: [
                  `to filter in ${furtherUp}: qvm-prefs ${qube} netvm ` +
                      `${furtherUp}`,
                  install,
              ],
          };
}

/** `setup` refuses a client that provides network. */
function instead(qube: QubeName, system: System, proxyvm: QubeName): string[] {
    if (system.get(qube)?.providesNetwork) {
        return [
            `for those behind ${qube}, rules of their own: ` +
                'qvm-filterproxy allow QUBE PATTERN',
        ];
    }
    return [
        ...nearby(qube, system, proxyvm),
        'to have a ProxyVM made for it: ' +
            `qvm-filterproxy setup ${otherProxyvm(system)} ${qube}`,
    ];
}

/** One of the usual name, if the qube's way out stays by way of its netvm. */
function nearby(qube: QubeName, system: System, netvm: QubeName): string[] {
    const found = system.get(usualName);
    return found?.providesNetwork &&
        netvmsAbove(system, usualName).includes(netvm)
        ? [
              `to put it behind ${usualName}, which is there: qvm-prefs ${qube} netvm ${usualName}`,
          ]
        : [];
}

const usualName = 'sys-filter' as QubeName;

/** A name that no qube has, for a ProxyVM to be made. */
export function otherProxyvm(system: System): QubeName {
    let name = usualName;
    for (let number = 2; system.has(name); number += 1) {
        name = `${usualName}${number}` as QubeName;
    }
    return name;
}

/** What it takes, for `to filter in …`. */
export function installIn(proxyvm: QubeName, system: System): string {
    const template = packagesOf(proxyvm, system);
    return (
        `to filter in ${proxyvm}: install the package qubes-filterproxy in ` +
        `${template}, shut ${template} down and restart ${proxyvm}`
    );
}

/** The qube whose root file system another one starts from. */
export function packagesOf(name: QubeName, system: System): QubeName {
    return rootTemplate(system, name) ?? name;
}
