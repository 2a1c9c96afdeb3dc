// The files that the floors work on, as the agent wrote them.
import { firstProxyUid, type ProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import { apply } from './agent.ts';
import { type Attachment, clientWith } from './documents.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

/** So far from those of the agent are the user ids and ports here. */
const distance = 300;

export function floorUids(count: number): ProxyUid[] {
    const first = firstProxyUid + distance;
    return Array.from({ length: count }, (_, n) => (first + n) as ProxyUid);
}

/**
 * Leaves in /run/bench what the floors start from: the files of as many
 * proxies, and the table with their elements. Nothing is served afterwards.
 */
export async function keepForFloors(
    stopwatch: Stopwatch,
    attachments: readonly Attachment[],
): Promise<void> {
    await apply(
        stopwatch,
        attachments.map((each) => clientWith(each)),
    );
    await stopwatch.sh(
        `distance=$1
        rm -rf /run/bench/proxies; mkdir -p /run/bench/proxies
        nft --numeric list table inet qubes-filterproxy >/run/bench/table.nft
        cd /run/qubes-filterproxy/proxies
        for uid in *; do
            new=$((uid + distance))
            port=$(sed -n 's/^Port //p' "$uid/tinyproxy.conf")
            cp -a "$uid" "/run/bench/proxies/$new"
            sed -i "s/$uid/$new/g; s/^Port .*/Port $((port + distance))/" \\
                "/run/bench/proxies/$new/tinyproxy.conf"
            chgrp -R "$new" "/run/bench/proxies/$new"
        done`,
        distance,
    );
    await apply(stopwatch, []);
}

/** The files of these proxies are where their units look for them. */
export function withFiles(stopwatch: Stopwatch, uids: readonly ProxyUid[]) {
    const inProxies = (script: string) => async () => {
        await stopwatch.sh(
            `from=/run/bench/proxies to=/run/qubes-filterproxy/proxies
            mkdir -p "$to"; for uid; do ${script}; done`,
            ...uids,
        );
    };
    return {
        prepare: inProxies('cp -a "$from/$uid" "$to/"'),
        restore: inProxies('rm -r "$to/$uid"'),
    };
}
