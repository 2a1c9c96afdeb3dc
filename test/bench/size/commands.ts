// What `list`, `lint` and `check` cost with long rule files: the programs as they are
// shipped, with stand-ins for the qvm-tools that answer at once.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { qvmLsFields } from '../../../dom0/core/parse-tool-output.ts';
import { pathsUnder } from '../../../dom0/paths.ts';
import { makeDirectories } from '../../dom0/directories.ts';
import { type FakeQube, qvmLs, qvmPrefs } from '../../dom0/fake-qubes.ts';
import type { Group } from '../measure.ts';
import { madeUpHosts } from './hosts.ts';

// Seen from the bundle in dist/bench/.
const program = fileURLToPath(
    new URL('../bin/qvm-filterproxy.cjs', import.meta.url),
);

const filter: FakeQube = {
    name: 'sys-filter',
    ip: '10.137.0.9',
    gateway: '10.137.0.8',
    netvm: null,
    providesNetwork: true,
    xid: 5,
};
const work: FakeQube = {
    name: 'work',
    ip: '10.137.0.5',
    gateway: '10.137.0.4',
    netvm: 'sys-filter',
    xid: 6,
};

const template: FakeQube = { name: 'fedora-41', class: 'TemplateVM' };

/** CPU time, of the program and what it starts. */
export function commands(size: number, rounds: number): Group {
    const hosts = withoutCovered(madeUpHosts(size));
    let root = '';
    const command = (...args: string[]) => ({
        name: args.join(' '),
        role: 'ours' as const,
        measure: () => cpuTime(root, args),
    });
    return {
        title: `CPU time of commands, ${size} rules`,
        rounds,
        setUp: async () => {
            root = await mkdtemp(join(tmpdir(), 'bench-'));
            await makeDirectories(root);
            const { config } = pathsUnder(root);
            const rules = hosts.map((host, nth) => {
                const name = host.replaceAll('.', '\\.');
                return nth % 2 === 0 ? `^${name}$\n` : `(^|\\.)${name}$\n`;
            });
            const path = join(config, 'qubes/work.rules');
            await writeFile(path, rules.join(''), { mode: 0o660 });
            const qubes = [filter, work, template];
            await standIn(root, 'qvm-ls', qvmLs(qubes, qvmLsFields));
            await standIn(root, 'qvm-prefs', qvmPrefs(work));
        },
        cases: [
            command('list', 'work'),
            command('lint', 'work'),
            command('check', 'work', hosts.at(-1) ?? ''),
        ],
        tearDown: () => rm(root, { recursive: true }),
    };
}

/** `lint` has nothing to find then, which would be an exit code of 1. */
function withoutCovered(hosts: readonly string[]): string[] {
    const all = new Set(hosts);
    return hosts.filter((host) => !all.has(host.replace(/^[^.]*\./, '')));
}

async function standIn(root: string, name: string, output: string) {
    await mkdir(join(root, 'bin'), { recursive: true });
    await writeFile(join(root, `bin/${name}.out`), output);
    const script = `#!/bin/sh\nexec cat "${join(root, `bin/${name}.out`)}"\n`;
    await writeFile(join(root, `bin/${name}`), script, { mode: 0o755 });
}

/** In a mount namespace: its /etc has our rule files too. */
async function cpuTime(root: string, args: readonly string[]): Promise<number> {
    const script = `
        mount -t overlay -o "lowerdir=$1/etc:/etc" overlay /etc
        mount -t tmpfs tmpfs /run
        mkdir /run/qubes
        PATH=$1/bin:$PATH; shift
        "$@" >/dev/null
        times`;
    const node = [process.execPath, program, ...args];
    const shell = ['sh', '-euc', script, 'sh', root, ...node];
    const { stdout } = await execa('unshare', ['--mount', ...shell]);
    const [, children = ''] = stdout.split('\n');
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
        (sum, [, minutes, seconds]) =>
            sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
        0,
    );
}
