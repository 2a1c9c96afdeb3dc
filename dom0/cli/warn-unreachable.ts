// That a rule for an address is not enough to reach it.
import { parsePrivateNetwork } from '../../shared/domain/private-network.ts';
import { addressIn } from '../../shared/pattern/index.ts';
import { whyClosed } from '../core/closed-way.ts';
import type { Qube } from '../core/qube.ts';
import type { View } from '../view.ts';
import { knownRules } from './known-rules.ts';
import { howToSetLan } from './lan-file.ts';
import { withDetails } from './output.ts';

/** By the settings that hold; nothing is known if files have an error. */
export function warnUnreachable(
    view: View,
    owner: Qube,
    rules: readonly { readonly expression: string }[],
): string[] {
    const known = knownRules(view, owner);
    return rules.flatMap(({ expression }) => {
        const host = addressIn(expression);
        if (host === null || !known.ok) {
            return [];
        }
        const any = { host, scheme: null, port: null, isRewritten: false };
        return whyClosed(any, known.value.settings)?.kind === 'address'
            ? describeClosed(view, owner, host)
            : [];
    });
}

function describeClosed(view: View, owner: Qube, address: string): string[] {
    const isOpenable = parsePrivateNetwork(address).ok;
    return withDetails(
        `${owner.name}: ${address} is no public address; the proxy does not ` +
            `connect to it${isOpenable ? '' : ', and no setting opens it'}`,
        isOpenable
            ? [`to open it: !lan ${address} in: ${howToSetLan(view, owner)}`]
            : [],
    );
}
