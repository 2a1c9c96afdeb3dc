// What a notice of refused hosts says.
import type { Notification } from '../../adapters/notify.ts';
import type { RefusalNotice } from '../../core/requests/refusal-notices.ts';
import type { BlockedHost } from '../blocked-hosts.ts';
import { noteOn } from './blocked-table.ts';
import { hostAndPort } from './host-and-port.ts';

type Notice = RefusalNotice<BlockedHost>;

/** What of a button's text desktops show, in characters, if it may be cut. */
const mostOnButton = 40;

/**
 * The hosts that have a button, in that order: those that a rule would let
 * through, and whose name is seen whole. A qube chooses the names that it asks
 * for, and of a cut one only the beginning shows.
 */
export function allowable({ hosts }: Notice): BlockedHost[] {
    return hosts.filter(
        ({ host, remedy }) =>
            remedy.kind === 'rule' && host.length <= mostOnButton,
    );
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
    return note === null ? hostAndPort(host) : `${hostAndPort(host)} (${note})`;
}
