// The fences between the rooms of the house: see CONTRIBUTING.md.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '..');

interface Import {
    readonly from: string;
    /** A path below the project, or a package as it is written. */
    readonly to: string;
    /** Gone when it runs. */
    readonly isType: boolean;
}

const specifier =
    /(\bimport type [^;'"]*)?(?:\bfrom|^\s*import|\bimport\s*\()\s*['"]([^'"]+)['"]/gm;

function importsOf(file: string): Import[] {
    const text = readFileSync(join(project, file), 'utf8');
    return [...text.matchAll(specifier)].map(([, type, found = '']) => ({
        from: file,
        to: found.startsWith('.')
            ? relative(project, join(project, dirname(file), found))
            : found,
        isType: type !== undefined,
    }));
}

const files = ['shared', 'dom0', 'proxyvm'].flatMap((room) =>
    readdirSync(join(project, room), { encoding: 'utf8', recursive: true })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => `${room}/${path}`),
);
const imports = files.flatMap(importsOf);

const isPure = /^(shared\/(?!io\/)|dom0\/core\/|proxyvm\/core\/)/;

// Whoever is `from` imports nothing that is `to`.
const fences = [
    {
        title: 'shared/ imports from neither side',
        from: /^shared\//,
        to: /^(dom0|proxyvm)\//,
    },
    {
        title: 'dom0/ does not import from proxyvm/',
        from: /^dom0\//,
        to: /^proxyvm\//,
    },
    {
        title: 'proxyvm/ does not import from dom0/',
        from: /^proxyvm\//,
        to: /^dom0\//,
    },
    {
        title: 'nothing that is shipped imports from test/',
        from: /^/,
        to: /^test\//,
    },
    {
        title: 'what decides reads and runs nothing',
        from: isPure,
        to: /^(node:|execa$|commander$|shared\/io\/)/,
        typesMayPass: true,
    },
    {
        title: 'programs are run by two files of shared/io/ alone',
        from: /^(?!shared\/io\/(run|stream)-command\.ts$)/,
        to: /^(execa|node:child_process)$/,
    },
    {
        title: 'the daemon does not know the command line',
        from: /^dom0\/(daemon|words|core|adapters)\//,
        to: /^dom0\/cli\//,
    },
    {
        title: 'the command line does not know the daemon',
        from: /^dom0\/(cli|words|core|adapters)\//,
        to: /^dom0\/daemon\//,
    },
    {
        title: 'how commands are called is known without what they do',
        from: /^dom0\/cli\/(program|command-table|[a-z-]+-commands?)\.ts$/,
        to: /^dom0\/(make-(command-)?deps\.ts|adapters\/|cli\/(commands|dialogues)[/.])/,
        typesMayPass: true,
    },
    {
        title: 'only the command line of dom0 knows commander',
        from: /^(?!dom0\/cli\/)/,
        to: /^commander$/,
    },
];

describe('the rooms', () => {
    test.each(fences)('$title', ({ from, to, typesMayPass = false }) => {
        const watched = imports.filter(
            (each) => from.test(each.from) && !(typesMayPass && each.isType),
        );
        expect(watched.length).toBeGreaterThan(10);
        expect(watched.filter((each) => to.test(each.to))).toEqual([]);
    });

    test('every kind of import is seen', () => {
        const found = (text: string) =>
            [...text.matchAll(specifier)].map(([, type, name]) =>
                type === undefined ? name : `type ${name}`,
            );
        const kinds = [
            "import a from 'one';",
            "import 'two';",
            "export { b } from 'three';",
            "const c = await import('four');",
            "import {\n    d,\n} from 'five';",
            "import type {\n    e,\n} from 'six';",
        ];
        const names = ['one', 'two', 'three', 'four', 'five', 'type six'];
        expect(found(kinds.join('\n'))).toEqual(names);
    });
});

interface Locked {
    readonly integrity?: string;
    readonly os?: readonly string[];
    readonly cpu?: readonly string[];
    readonly libc?: readonly string[];
}

test('the lock file names versions and hashes, and no registry', () => {
    const text = readFileSync(join(project, 'package-lock.json'), 'utf8');
    expect(text).not.toContain('"resolved"');
    const { '': _, ...packages } = JSON.parse(text).packages;
    const all = Object.entries<Locked>(packages);
    expect(all.length).toBeGreaterThan(50);
    // npm wants an entry for each system, also for those nobody builds on.
    const used = all.filter(([, { os, cpu, libc }]) => {
        const isFor = (named: readonly string[] | undefined, ours: string) =>
            named === undefined || named.includes(ours);
        return isFor(os, 'linux') && isFor(cpu, 'x64') && isFor(libc, 'glibc');
    });
    const unverified = used.filter(([, { integrity }]) => !integrity);
    expect(unverified.map(([name]) => name)).toEqual([]);
});
