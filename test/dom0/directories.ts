import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathsUnder } from '../../dom0/paths.ts';

const policy = '80-filterproxy.policy';

/** What a fresh dom0 has below its root, as far as we need it. */
export async function makeDirectories(root: string): Promise<void> {
    const { config } = pathsUnder(root);
    for (const path of [
        config,
        join(config, 'qubes'),
        join(config, 'tags'),
        join(config, 'sets'),
        join(config, 'proxies'),
        join(config, 'owners'),
        join(config, 'removed'),
        join(config, 'history'),
        join(config, 'usage'),
        join(root, 'run/qubes'),
        join(root, 'etc/qubes/policy.d'),
        join(root, 'proc/sys/kernel/random'),
    ]) {
        await mkdir(path, { recursive: true });
        await chmod(path, 0o770);
    }
    await writeFile(
        join(root, 'proc/sys/kernel/random/boot_id'),
        'c295b21f-d8e0-4c9d-94f7-ac61ab9c9aa5\n',
    );
    await copyFile(
        join(import.meta.dirname, '../../qubes-rpc/policy', policy),
        join(root, 'etc/qubes/policy.d', policy),
    );
}
