// A management qube: a corner of the testbed's dom0 in which there is nothing
// of dom0's but our package and the tools. Whatever it asks of qubesd or of
// another qube goes through dom0's policy, which stays outside.
import { type BedResult, bed } from './bed.ts';

export const adminQube = 'filterproxy-admin';
const corner = '/run/admin-qube';
const standIns = '/usr/lib/qubes-testbed';
const path = `${standIns}:/usr/local/bin:/usr/bin`;
const policyFile = '/etc/qubes/policy.d/30-filterproxy-admin.policy';
const units = ['admin-qube-daemon', 'admin-qube', 'admin-qube-policy'];

/** What lies where in it: the directory of qrexec is that of a qube. */
const mounts = [
    ['etc', '/etc'],
    ['run', '/run/qubes'],
    ['empty', '/run/bed/dom0'],
    ['empty', '/run/bed/vchan'],
] as const;

async function inDom0(script: string): Promise<void> {
    await bed.must(['dom0', 'sh', '-euc', script]);
}

/** As docs/admin-qube.md has it, but for what a test is about. */
export async function adminQubeUp(): Promise<void> {
    await adminQubeDown();
    await bed.must(['dom0', 'qvm-create', '--label', 'black', adminQube]);
    await inDom0(`
        cp /usr/share/doc/qubes-filterproxy-dom0/policy-examples/* \\
            /etc/qubes/policy.d/
        mkdir -p ${corner}/run ${corner}/empty
        chgrp qubes ${corner}/run
        chmod 775 ${corner}/run
        cp -a /etc ${corner}/etc
        rm -r ${corner}/etc/qubes-release ${corner}/etc/qubes/policy.d
        systemd-run --quiet --collect --unit=admin-qube-policy \\
            ${standIns}/qrexec-policy ${corner}/run/qrexec-agent ${adminQube}
        until [ -S ${corner}/run/qrexec-agent ]; do sleep 0.02; done
        systemd-run --quiet --collect --unit=admin-qube \\
            unshare --mount sh -euc '
                ${mounts
                    .map(([from, to]) => `mount --bind ${corner}/${from} ${to}`)
                    .join('\n')}
                touch ${corner}/ready
                exec sleep infinity'
        until [ -e ${corner}/ready ]; do sleep 0.02; done`);
}

export async function adminQubeDown(): Promise<void> {
    await inDom0(`
        systemctl stop ${units.join(' ')} 2>/dev/null || :
        rm -rf ${corner} ${policyFile} /run/systemd/system/${units[0]}.service*
        systemctl daemon-reload
        ! qvm-check -q ${adminQube} || qvm-remove -f ${adminQube}`);
}

/** Our service, with all that its unit forbids it. */
export async function startAdminDaemon(): Promise<void> {
    const binds = mounts.map(([from, to]) => `${corner}/${from}:${to}`);
    await inDom0(`
        cd /run/systemd/system
        cp /usr/lib/systemd/system/qubes-filterproxyd.service ${units[0]}.service
        mkdir -p ${units[0]}.service.d
        cat >${units[0]}.service.d/corner.conf <<EOF
[Service]
BindPaths=${binds.join(' ')}
Environment=PATH=${path}
EOF
        systemctl daemon-reload
        systemctl start ${units[0]}`);
}

/** The command there, as its user types it. */
export function inAdminQube(...command: string[]): Promise<BedResult> {
    const enter =
        'exec nsenter --mount --target ' +
        '"$(systemctl show --value -p MainPID admin-qube)" -- ' +
        'setpriv --reuid user --regid user --init-groups ' +
        `env HOME=/home/user USER=user PATH=${path} "$@"`;
    return bed.dom0('sh', '-c', enter, 'sh', ...command);
}

/** What dom0's policy decided, e.g. `allowed admin.vm.List+ dom0`. */
export async function decisions(): Promise<string[]> {
    const script = `
        run=$(systemctl show --value -p InvocationID admin-qube-policy)
        journalctl --sync
        exec journalctl --output=cat _SYSTEMD_INVOCATION_ID=$run`;
    const { stdout } = await bed.dom0('sh', '-c', script);
    return stdout
        .split('\n')
        .filter((line) => /^(allowed|refused) /.test(line));
}

/** The feature vm-config.filterproxy-admin of a ProxyVM, as QubesDB has it. */
export async function obey(proxyvm: string, name: string | null) {
    const script = `
        program=/usr/local/bin/qubesdb-read value=/run/filterproxy-admin
        mkdir -p /usr/local/bin
        rm -f "$program"
        [ $# -eq 1 ] || exit 0
        printf '%s\\n' "$1" >"$value"
        printf '#!/bin/sh\\n[ "$1" = %s ] && cat %s\\n' \\
            /vm-config/filterproxy-admin "$value" >"$program"
        chmod 755 "$program"`;
    const names = name === null ? [] : [name];
    await bed.must(['qube', proxyvm, 'sh', '-euc', script, 'sh', ...names]);
}
