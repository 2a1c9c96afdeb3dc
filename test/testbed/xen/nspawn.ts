// The command line of systemd-nspawn.
import { execa } from 'execa';
import { nodeOf } from './nodes.ts';

export interface NspawnOptions {
    readonly name: string;
    readonly xid: number;
    readonly root: string;
    /** Takes what systemd says on its console. */
    readonly log: string;
    /** The file `cgroup.procs` of where it runs. */
    readonly procs: string;
    /** SOURCE:TARGET. */
    readonly binds: readonly string[];
}

export type Nspawn = ReturnType<typeof spawnNspawn>;

/** Boots a systemd in the network namespace of the qube's name. */
export function spawnNspawn(options: NspawnOptions) {
    const { name, xid, root, log, procs, binds } = options;
    const start = 'exec >>"$1" 2>&1; echo 0 >"$2"; shift 2; exec "$@"';
    return execa(
        'sh',
        [
            '-c',
            start,
            'sh',
            log,
            procs,
            'systemd-nspawn',
            '--quiet',
            '--console=pipe',
            '--register=no',
            '--keep-unit',
            `--directory=${root}`,
            '--resolv-conf=off',
            '--timezone=off',
            '--link-journal=no',
            '--capability=CAP_NET_ADMIN',
            `--machine=domain-${xid}`,
            `--hostname=${hostname(name)}`,
            `--network-namespace-path=/run/netns/${name}`,
            `--bind-ro=${nodeOf(name)}:/usr/bin/node`,
            ...binds.map((bind) => `--bind=${bind}`),
            '--boot',
            '--',
            '--unit=qube.target',
        ],
        {
            // Only sysctls of its own network may be set from inside.
            env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
            stdin: 'ignore',
            reject: false,
        },
    );
}

/** A qube's name may end in a way that no host name may. */
function hostname(name: string): string {
    return name.replace(/[^A-Za-z0-9]+$/, '');
}
