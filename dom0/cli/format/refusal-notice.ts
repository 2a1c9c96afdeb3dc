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

/** Qubes that have a notification of their own at a time. */
const mostAtOnce = 4;

/** Notices that are shown each, and one of those that are too many for that. */
export function fewEnough(notices: readonly Notice[]): {
    readonly each: readonly Notice[];
    readonly others: Notification | null;
} {
    if (notices.length <= mostAtOnce) {
        return { each: notices, others: null };
    }
    const others = notices.slice(mostAtOnce - 1);
    const named = others.slice(0, 2 * mostAtOnce).map(({ qube }) => qube);
    const more = others.length - named.length;
    const rest = more > 0 ? ` and ${more} more` : '';
    return {
        each: notices.slice(0, mostAtOnce - 1),
        others: {
            summary: `${others.length} more qubes were refused hosts`,
            body: `${named.join(', ')}${rest}\nAll: qvm-filterproxy blocked`,
            actions: [],
        },
    };
}

function describe({ qube }: Notice, host: BlockedHost): string {
    if (host.remedy.kind === 'rule') {
        return `To allow it: qvm-filterproxy allow ${qube} ${host.host}`;
    }
    const note = noteOn(host);
    return note === null ? nameOf(host) : `${nameOf(host)} (${note})`;
}
