// What the packages hold. The testbed installs the RPMs' trees.
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildHere, project } from './build.ts';

// Modes, owners and paths as rpm lists them; links with their target.
const contents = {
    'qubes-filterproxy-dom0': [
        'drwxrws--- root:qubes /etc/qubes/filterproxy',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/history',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/owners',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/proxies',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/qubes',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/removed',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/sets',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/tags',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/usage',
        '-rw-rw-r-- root:qubes /etc/qubes/policy.d/80-filterproxy.policy',
        '-rw-r--r-- root:root /etc/salt/minion.d/formula-filterproxy.conf',
        '-rw-r--r-- root:root /etc/xdg/autostart/qubes-filterproxy-notices.desktop',
        'drwxr-xr-x root:root /srv/formulas/base/filterproxy-formula',
        'drwxr-xr-x root:root /srv/formulas/base/filterproxy-formula/filterproxy',
        '-rw-r--r-- root:root /srv/formulas/base/filterproxy-formula/filterproxy/dom0.sls',
        '-rw-r--r-- root:root /srv/formulas/base/filterproxy-formula/filterproxy/init.sls',
        '-rw-r--r-- root:root /srv/formulas/base/filterproxy-formula/filterproxy/init.top',
        '-rw-r--r-- root:root /srv/formulas/base/filterproxy-formula/filterproxy/template.sls',
        'lrwxrwxrwx root:root /usr/bin/qvm-filterproxy ../lib/qubes/filterproxy-dom0/qvm-filterproxy',
        '-rw-r--r-- root:root /usr/lib/qubes-bind-dirs.d/40_qubes-filterproxy.conf',
        'drwxr-xr-x root:root /usr/lib/qubes/filterproxy-dom0',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy-dom0/commands-common.cjs',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy-dom0/commands.cjs',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy-dom0/dialogues.cjs',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy-dom0/qvm-filterproxy',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy-dom0/qvm-filterproxy-common.cjs',
        '-rw-r--r-- root:root /usr/lib/systemd/system-preset/75-filterproxy.preset',
        '-rw-r--r-- root:root /usr/lib/systemd/system/qubes-filterproxyd.service',
        'drwxr-xr-x root:root /usr/lib/systemd/system/qubes-vm@.service.d',
        '-rw-r--r-- root:root /usr/lib/systemd/system/qubes-vm@.service.d/30_filterproxy.conf',
        '-rw-r--r-- root:root /usr/lib/systemd/user/qubes-filterproxy-notices.service',
        '-rwxr-xr-x root:root /usr/libexec/qubes/qubes-filterproxyd',
        '-rw-r--r-- root:root /usr/share/bash-completion/completions/qvm-filterproxy',
        '-rw-r--r-- root:root /usr/share/man/man1/qvm-filterproxy.1',
        '-rw-r--r-- root:root /usr/share/man/man5/qvm-filterproxy-rules.5',
        '-rw-r--r-- root:root /usr/share/man/man8/qubes-filterproxyd.8',
        '-rw-r--r-- root:root /usr/share/zsh/site-functions/_qvm-filterproxy',
    ],
    'qubes-filterproxy': [
        '-rwxr-xr-x root:root /etc/qubes-rpc/qubes.FilterProxy',
        '-rw-r--r-- root:root /etc/qubes/rpc-config/qubes.FilterProxy',
        'drwxr-xr-x root:root /usr/lib/qubes/filterproxy',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy/agent.cjs',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/close',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/drained',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/filterproxy-agent',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/filterproxy-recorder',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/guard',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/look-ahead',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/proxy',
        ...[
            '-drain@.service',
            '-drain@.timer',
            '-expired@.target',
            '-guard.service',
            '-recorder.service',
            '-resolvers.path',
            '-resolvers.service',
            '@.service',
        ].map(
            (unit) =>
                '-rw-r--r-- root:root ' +
                `/usr/lib/systemd/system/qubes-filterproxy${unit}`,
        ),
        '-rw-r--r-- root:root /usr/share/man/man8/qubes-filterproxy.8',
    ],
};

const sides = { 'qubes-filterproxy-dom0': 'dom0', 'qubes-filterproxy': 'vm' };

let packages: string;

beforeAll(async () => {
    packages = await buildHere();
}, 120_000);

describe.each(Object.entries(sides))('the RPM %s', (name, side) => {
    const list = async () => linesOf(await readFile(filesOf(side), 'utf8'));

    test('holds these files with these modes and owners', async () => {
        const files = contents[name as keyof typeof sides];
        expect((await list()).filter(isProgram)).toEqual(files);
    });

    test('holds the licence and the words, for all to read', async () => {
        const others = (await list()).filter((line) => !isProgram(line));
        for (const file of ['README.md', 'CHANGELOG.md', 'BUNDLED', 'docs']) {
            const path = `/usr/share/doc/${name}/${file}`;
            expect(others).toContainEqual(
                expect.stringMatching(`^[-d]rw.r-.r-. root:root ${path}$`),
            );
        }
        const licence = `/usr/share/licenses/${name}/LICENSE`;
        expect(others).toContain(`-rw-r--r-- root:root ${licence}`);
    });

    test('says what is bundled, as BUNDLED does', async () => {
        const text = await readFile(`dist/bin/${side}/BUNDLED`, 'utf8');
        const bundled = [
            ...text.matchAll(/^([\w@/-]+) ([\d.]+) \([^)]+\): /gm),
        ].map(
            ([, library, version]) => `bundled(nodejs-${library}) = ${version}`,
        );
        expect(bundled.length).toBeGreaterThan(0);
        const provided = await query(name, '[%{PROVIDENEVRS}\n]');
        expect(provided.filter((line) => line.startsWith('bundled'))).toEqual(
            bundled,
        );
    });
});

describe('the Debian package', () => {
    test('holds the same files as the RPM of its side', async () => {
        const { stdout } = await execa('dpkg-deb', [
            '--contents',
            `${packages}/qubes-filterproxy_${packageJson.version}_all.deb`,
        ]);
        const listed = stdout.replaceAll(
            /^(\S+) (\w+)\/(\w+) .* \.\//gm,
            '$1 $2:$3 /',
        );
        const programs = linesOf(listed).filter(
            (line) => isProgram(line) && line.startsWith('-'),
        );
        const files = contents['qubes-filterproxy'].filter((line) =>
            line.startsWith('-'),
        );
        expect(programs.toSorted()).toEqual(files.toSorted());
    });

    test('depends on what the RPM requires, by Debian’s names', async () => {
        const control = await readFile(`${project}/debian/control`, 'utf8');
        const depends = /^Depends: (.*(?:\n .*)*)/m.exec(control)?.[1] ?? '';
        const names = (list: readonly string[]) =>
            list
                .map((each) => each.trim().split(' ')[0] ?? '')
                .map((name) => debianNames.get(name) ?? name)
                .filter((name) => /^[\w-]+$/.test(name))
                .toSorted();
        // It is in every Debian system, and may not be named.
        const required = (
            await query('qubes-filterproxy', '[%{REQUIRENEVRS}\n]')
        ).filter((name) => name !== 'util-linux');
        expect(names(depends.split(','))).toEqual(names(required));
    });
});

const debianNames = new Map([
    ['conntrack-tools', 'conntrack'],
    ['iproute', 'iproute2'],
    ['tinyproxy', 'tinyproxy-bin'],
]);

test('one version is in all places', async () => {
    const version = await readFile(`${project}/version`, 'utf8');
    const changelog = await readFile(`${project}/debian/changelog`, 'utf8');
    expect(version).toBe(`${packageJson.version}\n`);
    expect(changelog).toMatch(`qubes-filterproxy (${packageJson.version})`);
});

async function query(name: string, format: string): Promise<string[]> {
    const { stdout } = await execa(`${project}/test/testbed/with-packages`, [
        ...['rpm', '--query', '--dbpath', `${project}/dist/no-database`],
        ...['--queryformat', format, '--package'],
        `${packages}/${name}-${packageJson.version}-1.noarch.rpm`,
    ]);
    return stdout.split('\n');
}

function filesOf(side: string): string {
    return `${project}/dist/tree/${side}.files`;
}

function linesOf(text: string): string[] {
    return (
        text
            .split('\n')
            // Some systems' rpmbuild compresses manual pages.
            .map((line) => line.trimEnd().replace(/(\.[158])\.gz$/, '$1'))
            .filter((line) => line !== '')
    );
}

function isProgram(line: string): boolean {
    return !/ \/usr\/share\/(doc|licenses|lintian)\//.test(line);
}
