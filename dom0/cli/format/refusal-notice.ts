// What a notice of refused hosts says.
import type { Notification } from '../../adapters/notify.ts';
import type { RefusalNotice } from '../../core/requests/refusal-notices.ts';
import type { BlockedHost } from '../blocked-hosts.ts';
import { nameOf, noteOn } from './blocked.ts';

type Notice = RefusalNotice<BlockedHost>;

/** The hosts that a rule would let through, in the order of the buttons. */
export function allowable({ hosts }: Notice): BlockedHost[] {
    return hosts.filter(({ remedy }) => remedy.kind === 'rule');
}

export function formatRefusalNotice(notice: Notice): Notification {
    const { qube, hosts, more } = notice;
    const [only] = hosts;
    const isOne = hosts.length + more === 1 && only !== undefined;
    const what = isOne ? only.host : `${hosts.length + more} hosts`;
    const rest = more > 0 ? [`and ${more} more`] : [];
    return {
        summary: `${qube} was refused ${what}`,
        body: [
            ...hosts.map((host) => describe(notice, host)),
            ...rest,
            ...(isOne ? [] : [`All: qvm-filterproxy blocked ${qube}`]),
        ].join('\n'),
        actions: allowable(notice).map(({ host }) => `Allow ${host}`),
    };
}

function describe({ qube }: Notice, host: BlockedHost): string {
    if (host.remedy.kind === 'rule') {
        return `To allow it: qvm-filterproxy allow ${qube} ${host.host}`;
    }
    const note = noteOn(host);
    return note === null ? nameOf(host) : `${nameOf(host)} (${note})`;
}
