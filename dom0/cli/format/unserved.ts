import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { Unserved } from '../../core/place.ts';
import { shownConfig } from '../../paths.ts';
import type { Explanation } from './explanation.ts';
import { explainHeld } from './held.ts';

/** Why no ProxyVM serves a qube; `owner` is whose rule file it uses. */
export function explainUnserved(
    qube: QubeName,
    owner: QubeName,
    why: Unserved,
): Explanation {
    switch (why.kind) {
        case 'stopped':
            return explainHeld(why.held, why.start);
        case 'foreign-file':
            return explainForeignFile(owner);
        case 'no-netvm':
            return {
                what: 'it has no netvm, so it reaches nothing at all',
                todo: [`to give it one: qvm-prefs ${qube} netvm NETVM`],
            };
        case 'halted':
            return {
                what: 'it is halted, and is served once it starts',
                todo: [],
            };
        case 'for-disposables':
            return {
                what:
                    'its rules are for its disposables: ' +
                    (why.running.length === 0
                        ? 'none runs'
                        : why.running.join(', ')),
                todo: [],
            };
        case 'netvm-halted':
            return {
                what: `its netvm ${why.netvm} is halted; it is served once that runs`,
                todo: [],
            };
        case 'no-address':
            return {
                what: 'it has no address, or does not know its gateway',
                todo: [`to have them again: qvm-prefs --default ${qube} ip`],
            };
        case 'same-address':
            return {
                what:
                    `its address ${why.address} is also that of ` +
                    `${why.others.join(' and ')}, so they cannot be told ` +
                    'apart and it is not served',
                todo: [qube, ...why.others].map(
                    (each) =>
                        `to give ${each} its own: qvm-prefs --default ` +
                        `${each} ip`,
                ),
            };
        case 'too-many-clients':
            return {
                what:
                    `${why.netvm} has more than the ${limits.clients} ` +
                    'clients that it can serve',
                todo: [`to move it: qvm-prefs ${qube} netvm NETVM`],
            };
    }
}

/** A rule file that was written for another qube of the same name. */
export function explainForeignFile(owner: QubeName): Explanation {
    const rules = `${shownConfig}/${ruleFilePath(owner)}`;
    return {
        what:
            `${rules} was written for another qube that was called ` +
            `${owner}, so it is not in force`,
        todo: [
            `to use it for this one: qvm-filterproxy restore ${owner}`,
            `to start afresh: qvm-filterproxy allow ${owner} PATTERN`,
        ],
    };
}
