// A root file system of its own to install packages in: see in-root.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { project } from './build.ts';

export interface Root {
    /** Where a file of it is, seen from here. */
    at(path: string): string;
    /** Runs a shell command in it; anything but success is thrown. */
    sh(command: string): Promise<string>;
    /** What systemctl was called with since the last time that this asked. */
    calls(): Promise<string[]>;
    remove(): Promise<void>;
}

/** Makes one; what is in each directory lies in one of the same name in it. */
export async function makeRoot(
    directories: Readonly<Record<string, string>>,
): Promise<Root> {
    const directory = await mkdtemp(join(tmpdir(), 'filterproxy-root-'));
    // Its /usr is this machine's, so only what was changed is there.
    const at = (path: string) =>
        directory +
        path.replace(/^(?:\/usr|)/, (usr) => (usr ? '/upper' : '/root'));
    async function sh(command: string) {
        const { stdout } = await execa(
            `${project}/test/packages/in-root`,
            [directory, 'sh', '-euc', command],
            { env: { LC_ALL: 'C.UTF-8' } },
        );
        return stdout;
    }
    await sh('true');
    await writeFile(at('/calls'), '');
    for (const [name, source] of Object.entries(directories)) {
        await mkdir(at(`/${name}`));
        await cp(source, at(`/${name}`), { recursive: true });
    }
    return {
        at,
        sh,
        async calls() {
            const text = await readFile(at('/calls'), 'utf8');
            await writeFile(at('/calls'), '');
            return text.split('\n').slice(0, -1);
        },
        remove: () => rm(directory, { recursive: true }),
    };
}
