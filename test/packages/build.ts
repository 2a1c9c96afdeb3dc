// Builds packages of this tree at another place.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export const project = join(import.meta.dirname, '../..');

/** The packages of this tree as it is; built if they are not there. */
export async function buildHere(): Promise<string> {
    await execa('sh', ['-euc', 'rpm/build; debian/build'], { cwd: project });
    return `${project}/dist/packages`;
}

/**
 * Copies what is packaged to another directory, as a checkout of another user
 * at another time. Still below ours: git knows the commit there.
 */
export async function copyTree(): Promise<string> {
    await mkdir(`${project}/dist`, { recursive: true });
    const copy = await mkdtemp(`${project}/dist/copy-of-this-tree-`);
    const files = 'git ls-files -z --cached --others --exclude-standard';
    const pack =
        'tar --null --files-from - --ignore-failed-read --mtime @1000000000 -c';
    const unpack = `tar --directory ${copy} --no-same-permissions -x`;
    const modules = `cp -R --link node_modules ${copy}`;
    await execa(
        'sh',
        ['-euc', `umask 077; ${files} | ${pack} | ${unpack}; ${modules}`],
        { cwd: project },
    );
    return copy;
}

/** Builds all packages in such a copy, in other surroundings than ours. */
export async function buildIn(copy: string): Promise<string> {
    await execa('sh', ['-euc', 'umask 007; rpm/build; debian/build'], {
        cwd: copy,
        env: {
            TZ: 'Pacific/Apia',
            LC_ALL: 'C',
            USER: 'somebody',
            DEBEMAIL: 'somebody@example.org',
        },
    });
    return `${copy}/dist/packages`;
}

/** Another version in a copy, of which one program is another one, too. */
export async function setVersion(copy: string, version: string): Promise<void> {
    await writeFile(`${copy}/version`, `${version}\n`);
    for (const [file, pattern] of [
        ['debian/changelog', /(?<=\().*(?=\))/],
        ['package.json', /(?<="version": ").*(?=")/],
    ] as const) {
        const text = await readFile(`${copy}/${file}`, 'utf8');
        await writeFile(`${copy}/${file}`, text.replace(pattern, version));
    }
    const guard = `${copy}/proxyvm/guard`;
    await writeFile(guard, `${await readFile(guard, 'utf8')}# ${version}\n`);
}
