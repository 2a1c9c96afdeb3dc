// dom0, which is there from the start and no business of qubesd's.
import { symlink } from 'node:fs/promises';
import { Container } from './container.ts';
import { addQubeNamespace } from './network.ts';
import { dom0, dom0Tree, scriptPath, vchan } from './paths.ts';
import { run } from './run.ts';

export async function startDom0(): Promise<void> {
    await addQubeNamespace('dom0');
    const container = new Container({
        name: 'dom0',
        // Its uuid in Qubes is all zeros, which is no machine id.
        uuid: 'd0000000-0000-0000-0000-000000000000',
        xid: 0,
        trees: [dom0Tree, `${dom0}/tree`],
        binds: [
            `${dom0}:${dom0}`,
            `${vchan}:${vchan}`,
            `${dom0}/run:/run/qubes`,
        ],
    });
    await container.start();
    // systemd-nspawn puts a boot id of its own there, which a unit with a /proc
    // of its own does not see: in dom0 there is one.
    const bootId = '/proc/sys/kernel/random/boot_id';
    await run('sh', [scriptPath('../enter'), 'dom0', 'umount', bootId]);
    await symlink(container.qrexecSocket, `${dom0}/run/qrexec.dom0`);
}

/** As our package does once its files are in dom0: see %post in rpm/. */
export async function installDaemon(): Promise<void> {
    const unit = 'qubes-filterproxyd.service';
    const script = `systemctl --no-reload preset ${unit}; systemctl start ${unit}`;
    await run('sh', [scriptPath('../enter'), 'dom0', 'sh', '-ec', script]);
}
