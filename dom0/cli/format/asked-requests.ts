// What ProxyVMs told of requests that is of no use, and those that told nothing.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { AskedProxyvm } from '../../ask-requests.ts';
import type { System } from '../../core/qube.ts';
import { withDetails } from '../output.ts';
import { explainUnasked } from './situation.ts';

/** What is wrong with what ProxyVMs told, or that they told nothing. */
export function formatAsked(
    proxyvms: readonly AskedProxyvm[],
    system: System,
): string[] {
    return proxyvms.flatMap(({ proxyvm, result }) => {
        if (!result.ok) {
            const { what, todo } = explainUnasked(
                proxyvm,
                system,
                result.error,
            );
            return withDetails(what, todo);
        }
        return formatStrangers(proxyvm, result.value.strangers);
    });
}

/** How many are named: a ProxyVM that lies may tell of all that there are. */
const mostStrangers = 3;

export function formatStrangers(
    proxyvm: QubeName,
    strangers: readonly QubeName[],
): string[] {
    if (strangers.length === 0) {
        return [];
    }
    const named = strangers.slice(0, mostStrangers).join(', ');
    const rest = strangers.length - mostStrangers;
    const more = rest > 0 ? ` and ${rest} more` : '';
    return [
        `${proxyvm}: it also tells of ${named}${more}, not attached to it: ` +
            'left out',
    ];
}
