// The namespace beyond sys-net: any address there is its own (AnyIP).
import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { addNamespace, uplink } from './network.ts';
import { arrivedFile, node, project, scriptPath, zoneFile } from './paths.ts';
import { run, runInside } from './run.ts';

const { namespace } = uplink;

/** Makes it and starts its servers; calls back should they ever end. */
export async function startInternet(ended: () => void): Promise<void> {
    await addNamespace(namespace);
    for (const family of ['-4', '-6']) {
        await run('ip', [
            '-n',
            namespace,
            family,
            'route',
            'add',
            'local',
            'default',
            'dev',
            'lo',
        ]);
    }
    await run('ip', [
        '-n',
        namespace,
        'address',
        'add',
        uplink.gateway,
        'dev',
        'lo',
    ]);
    const rules = await readFile(scriptPath('internet.nft'), 'utf8');
    await runInside(namespace, 'nft', ['-f', '-'], rules);
    await writeFile(zoneFile, '{}');
    await writeFile(arrivedFile, '');
    const servers = execa(
        'nsenter',
        [
            `--net=/run/netns/${namespace}`,
            '--',
            node,
            `${project}/dist/testbed/internet.cjs`,
        ],
        {
            stdin: 'ignore',
            stdout: 'inherit',
            stderr: 'inherit',
            reject: false,
        },
    );
    void servers.then(ended);
}
