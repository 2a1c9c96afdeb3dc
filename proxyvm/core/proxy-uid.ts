import type { Brand } from '../../shared/brand.ts';

/**
 * The user id of one running proxy, which is also the name of its unit's
 * instance and decides its port. The range is one that systemd leaves unused
 * (systemd docs/UIDS-GIDS.md); an id is not given out again while anything
 * of its proxy is left.
 */
export type ProxyUid = Brand<number, 'ProxyUid'>;

export const firstProxyUid = 60_706;
export const lastProxyUid = 61_183;
export const firstProxyPort = 8101;
export const lastProxyPort = firstProxyPort + lastProxyUid - firstProxyUid;

/**
 * The user and group id of the recorder: of the range 65520 to 65533, which
 * systemd leaves unused, too. Its group may read and cut the logs of proxies.
 */
export const recorderUid = 65_520;

/** Takes the decimal text of a user id of the range; null for any other. */
export function parseProxyUid(untrusted_text: string): ProxyUid | null {
    if (!/^[1-9][0-9]{4}$/.test(untrusted_text)) {
        return null;
    }
    const uid = Number(untrusted_text);
    return uid >= firstProxyUid && uid <= lastProxyUid
        ? (uid as ProxyUid)
        : null;
}

/** All of them, in order. */
export function allProxyUids(): ProxyUid[] {
    const count = lastProxyUid - firstProxyUid + 1;
    return Array.from(
        { length: count },
        (_, index) => (firstProxyUid + index) as ProxyUid,
    );
}

/** The port on which that proxy listens. */
export function portOf(uid: ProxyUid): number {
    return uid - firstProxyUid + firstProxyPort;
}

/** The proxy that listens on that port; null if none would. */
export function uidOfPort(port: number): ProxyUid | null {
    return parseProxyUid(String(port - firstProxyPort + firstProxyUid));
}
