// Where our files are in dom0.
import { join } from 'node:path';

export interface Paths {
    /** Rule files and whose they are; kept, backed up, edited by people. */
    readonly config: string;
    /** Locks, and what was told to whom in this boot. */
    readonly run: string;
    /** Where qubesd takes calls. */
    readonly qubesd: string;
    /** Where the kernel shows processes. */
    readonly proc: string;
    /** Where the user's own systemd units are. */
    readonly units: string;
    /** Names this boot of dom0. */
    readonly bootId: string;
    /** Where the files of the qrexec policy are. */
    readonly policy: readonly string[];
    /** Where those of R4.0 are, which its `!compat-4.0` takes in. */
    readonly legacyPolicy: string;
}

/** The paths below a root directory, which is `/` but in tests. */
export function pathsUnder(root: string): Paths {
    return {
        config: join(root, 'etc/qubes/filterproxy'),
        run: join(root, 'run/qubes/filterproxy'),
        qubesd: join(root, 'var/run/qubesd.sock'),
        proc: join(root, 'proc'),
        units: join(root, 'etc/systemd/system'),
        bootId: join(root, 'proc/sys/kernel/random/boot_id'),
        policy: [
            join(root, 'etc/qubes/policy.d'),
            join(root, 'run/qubes/policy.d'),
        ],
        legacyPolicy: join(root, 'etc/qubes-rpc/policy'),
    };
}

/** As the user knows it, for messages and commands to copy. */
export const shownConfig = '/etc/qubes/filterproxy';
