// What nobody in dom0 can do without. The programs are the testbed's, written
// for Node.js; on Qubes these are Python and C.
import type { ProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import { client, proxyvm } from './bed.ts';
import { floorUids } from './floor-files.ts';
import type { Case } from './measure.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

/** A service that does nothing: see `installNothing`. */
const service = 'bench.Nothing';

export function bareQvmPrefs(dom0: Stopwatch): Case {
    return bare(dom0, 'qvm-prefs', 'qvm-prefs', client);
}

/** Into the ProxyVM and back. */
export function bareRoundTrip(dom0: Stopwatch): Case {
    const call = `root:QUBESRPC ${service} dom0`;
    return bare(
        dom0,
        'qrexec round trip',
        'qrexec-client',
        '-d',
        proxyvm,
        call,
    );
}

/** In the ProxyVM, for `bareRoundTrip`. */
export function installNothing(stopwatch: Stopwatch): Promise<void> {
    return install(stopwatch, service, '');
}

/** A service that starts a unit, that of bareSystemctl(), and nothing else. */
export const startService = 'bench.Start';

/** In the ProxyVM. */
export function installStart(stopwatch: Stopwatch): Promise<void> {
    const [uid] = floorUids(1) as [ProxyUid];
    const start = `exec systemctl start qubes-filterproxy@${uid}`;
    return install(stopwatch, startService, start);
}

async function install(
    stopwatch: Stopwatch,
    name: string,
    script: string,
): Promise<void> {
    await stopwatch.sh(
        `printf '#!/bin/sh\\n%s\\n' "$2" >"/etc/qubes-rpc/$1"
        chmod 755 "/etc/qubes-rpc/$1"`,
        name,
        script,
    );
}

function bare(
    dom0: Stopwatch,
    name: string,
    file: string,
    ...args: string[]
): Case {
    const program = { file, args };
    return {
        name,
        role: 'floor',
        measure: async () => (await dom0.must(program)).milliseconds,
    };
}
