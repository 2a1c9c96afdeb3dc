// A qube's root file system: an overlay that is thrown away when it ends,
// with our package copied in where a template would have it installed.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { bed } from './paths.ts';
import { run } from './run.ts';

export interface RootOptions {
    readonly name: string;
    readonly uuid: string;
    /** Directories whose content is installed in it. */
    readonly trees: readonly string[];
}

export async function mountRoot(
    directory: string,
    { name, uuid, trees }: RootOptions,
): Promise<string> {
    const root = `${directory}/root`;
    const [upper, work] = [`${directory}/upper`, `${directory}/work`];
    for (const path of [root, upper, work]) {
        await mkdir(path, { recursive: true });
    }
    const layers = ['template', 'hidden', 'packages'].map(
        (layer) => `${bed}/${layer}`,
    );
    const lower = [...layers, '/'].join(':');
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await run('mount', ['-t', 'overlay', '-o', options, 'overlay', root]);
    await writeFile(`${root}/etc/hostname`, `${name}\n`);
    await writeFile(`${root}/etc/machine-id`, `${uuid.replaceAll('-', '')}\n`);
    for (const tree of trees) {
        await installTree(tree, root);
    }
    return root;
}

async function installTree(tree: string, root: string): Promise<void> {
    // As RPM does: with its owners, a link to a directory stays one.
    const copy =
        'tar -C "$1" --numeric-owner -c . | ' +
        'tar -C "$2" --numeric-owner --keep-directory-symlink -x';
    await run('sh', ['-c', copy, 'sh', tree, root]);
}

export async function unmountRoot(directory: string): Promise<void> {
    await run('umount', ['--lazy', `${directory}/root`]);
    await rm(directory, { recursive: true });
}

/**
 * What a qube keeps from start to start: /rw, and below it /home and
 * /usr/local (qubes-doc bind-dirs.rst). Named by uuid: a new qube of the same
 * name is another one. Returns what to bind, as SOURCE:TARGET.
 */
export async function privateBinds(uuid: string): Promise<string[]> {
    const directory = `${bed}/private/${uuid}`;
    for (const path of ['config', 'bind-dirs', 'usrlocal', 'home']) {
        await mkdir(`${directory}/${path}`, { recursive: true });
    }
    const user = `${directory}/home/user`;
    if ((await mkdir(user, { recursive: true, mode: 0o700 })) !== undefined) {
        await run('chown', ['1000:1000', user]);
    }
    return [
        `${directory}:/rw`,
        `${directory}/home:/home`,
        `${directory}/usrlocal:/usr/local`,
    ];
}
