// What becomes of a system when the packages are installed, upgraded, set back
// to a lower version, removed and installed again: by the real rpm and dpkg, in
// roots of their own. What systemd would be asked to do is written down there.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import {
    afterAll,
    beforeAll,
    beforeEach,
    describe,
    expect,
    test,
} from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildHere, buildIn, copyTree, setVersion } from './build.ts';
import { makeRoot, type Root } from './root.ts';

const { version } = packageJson;
const lower = '0.0.9';
const programs = '/usr/lib/qubes/filterproxy';
const service = '/etc/qubes-rpc/qubes.FilterProxy';
const reload = 'systemctl daemon-reload';
const stopAll = 'systemctl stop qubes-filterproxy*';

let copy: string;
let directories: Record<string, string>;
let root: Root;

beforeAll(async () => {
    const here = await buildHere();
    copy = await copyTree();
    await setVersion(copy, lower);
    directories = { packages: here, lower: await buildIn(copy) };
}, 120_000);
afterAll(() => rm(copy, { recursive: true }));

beforeEach(async () => {
    root = await makeRoot(directories);
    return () => root.remove();
});

const read = (path: string) => readFile(root.at(path), 'utf8');
const exists = async (path: string) =>
    (await root.sh(`[ ! -e ${path} ] || echo yes`)) !== '';

/** All of ours that is left, but for words; directories too. */
async function ours(): Promise<string[]> {
    // All of /usr would take seconds.
    const usr =
        '/usr/bin /usr/lib/qubes /usr/lib/systemd /usr/libexec ' +
        '/usr/share/doc /usr/share/licenses /usr/share/lintian /usr/share/man';
    const found = await root.sh(
        `find /etc ${usr} /run -path "*filterproxy*" -o ` +
            '-name "*FilterProxy" 2>/dev/null || :',
    );
    return found
        .split('\n')
        .filter((path) => path !== '')
        .toSorted();
}

/** In a ProxyVM where the agent has served somebody; it says how it is called. */
async function agentHasRun(answer = 'exit 0'): Promise<void> {
    await root.sh('mkdir /run/qubes-filterproxy');
    await writeFile(
        root.at(`${programs}/filterproxy-agent`),
        `#!/bin/sh\necho "agent $*" >>/calls\n${answer}\n`,
    );
}

const rpm = (action: string, ...packages: string[]) =>
    root.sh(`rpm --nodeps ${action} ${packages.join(' ')}`);
const packageOf = (name: string, directory: string) =>
    `/${directory}/${name}-${directory === 'lower' ? lower : version}-1.noarch.rpm`;

describe('the RPM of dom0', () => {
    const name = 'qubes-filterproxy-dom0';
    const rules = '/etc/qubes/filterproxy/qubes/work.rules';
    const stopped = '/etc/qubes/filterproxy/stopped.json';
    const isDom0 = '/etc/qubes-release';
    const isManagement = '/run/qubes-service/filterproxyd';
    const newest = packageOf(name, 'packages');
    const install = () => rpm('--install --force-debian', newest);
    const write = (path: string, text: string) =>
        writeFile(root.at(path), text);

    test('is whole, enables its service by preset and starts it', async () => {
        await install();
        expect(await root.calls()).toEqual([
            'systemctl --no-reload preset qubes-filterproxyd.service',
            'systemctl start qubes-filterproxyd.service',
        ]);
        await rpm('--verify', name);
    });

    test('is upgraded and set back with its service restarted once', async () => {
        await rpm('--install --force-debian', packageOf(name, 'lower'));
        await root.calls();
        await write(rules, 'a.test\n');
        const restart = [
            reload,
            'systemctl try-restart qubes-filterproxyd.service',
        ];
        await rpm('--upgrade --force-debian', newest);
        expect(await root.calls()).toEqual(restart);
        await rpm(
            '--upgrade --force-debian --oldpackage',
            packageOf(name, 'lower'),
        );
        expect(await root.calls()).toEqual(restart);
        expect(await root.sh(`rpm --query ${name}`)).toContain(lower);
        expect(await read(rules)).toBe('a.test\n');
    });

    test('leaves the user’s files, and nothing else, when removed', async () => {
        await install();
        await root.sh(`touch ${isDom0}`);
        await root.calls();
        await write(rules, 'a.test\n');
        await write(stopped, '{"kept": true}\n');
        await rpm('--erase', name);
        expect(await root.calls()).toEqual([
            'systemctl disable --now qubes-filterproxyd.service',
        ]);
        expect(await ours()).toEqual([
            '/etc/qubes/filterproxy',
            '/etc/qubes/filterproxy/qubes',
            rules,
            stopped,
        ]);
        expect(await read(stopped)).toBe('{"kept": true}\n');
        await install();
        expect(await read(rules)).toBe('a.test\n');
        expect(await read(stopped)).toBe('{"kept": true}\n');
        await rpm('--verify', name);
    });

    /** What is called when it is removed where this is, if it stops all. */
    async function removed(marker?: string): Promise<string[]> {
        await install();
        await writeFile(
            root.at('/usr/bin/qvm-filterproxy'),
            `#!/bin/sh\necho "$*" >>/calls\necho all >${stopped}\n`,
        );
        if (marker !== undefined) {
            await root.sh(`install -D /dev/null ${marker}`);
        }
        await root.calls();
        await rpm('--erase', name);
        return root.calls();
    }

    test.each([isDom0, isManagement])(
        'closes all when removed where %s is, and stops nobody for good',
        async (marker) => {
            expect(await removed(marker)).toContain('kill-all');
            expect(await exists(stopped)).toBe(false);
        },
    );

    test('asks for nothing when it is removed from a template', async () => {
        expect(await removed()).not.toContain('kill-all');
    });

    test('does nothing to a system that is not running', async () => {
        await root.sh('rmdir /run/systemd/system');
        await install();
        await rpm('--erase', name);
        expect(await root.calls()).toEqual([]);
    });
});

/** One of the two packages of the ProxyVM's side, and its own words. */
interface Kind {
    readonly install: (directory: 'packages' | 'lower') => Promise<unknown>;
    readonly remove: () => Promise<unknown>;
    readonly verify: () => Promise<unknown>;
    /** What systemctl is called for when it is installed or upgraded. */
    readonly installs: readonly string[];
    readonly removes: readonly string[];
    readonly left: readonly string[];
}

const kinds: Readonly<Record<string, Kind>> = {
    RPM: {
        install: (directory) =>
            rpm(
                '--upgrade --force-debian --oldpackage --replacepkgs',
                packageOf('qubes-filterproxy', directory),
            ),
        remove: () => rpm('--erase', 'qubes-filterproxy'),
        verify: () => rpm('--verify', 'qubes-filterproxy'),
        // systemd's own triggers reload it there.
        installs: [],
        removes: [stopAll],
        left: [],
    },
    'Debian package': {
        install: async (directory) => {
            await root.sh(
                '[ -e /var/lib/dpkg/status ] || >/var/lib/dpkg/status',
            );
            return root.sh(
                'PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg --force-depends ' +
                    '--force-confold --force-downgrade --install ' +
                    `/${directory}/qubes-filterproxy_*_all.deb`,
            );
        },
        remove: () =>
            root.sh('PATH=/usr/sbin:/usr/bin dpkg --remove qubes-filterproxy'),
        verify: () => root.sh('dpkg --verify qubes-filterproxy'),
        installs: [reload],
        removes: [stopAll, reload],
        // Debian's policy keeps what people may have changed until a purge.
        left: ['/etc/qubes-rpc', '/etc/qubes/rpc-config'].map(
            (directory) => `${directory}/qubes.FilterProxy`,
        ),
    },
};

describe.each(Object.entries(kinds))('the %s of a ProxyVM', (_, kind) => {
    test('is whole, and enables and starts nothing', async () => {
        await kind.install('packages');
        expect(await root.calls()).toEqual(kind.installs);
        await kind.verify();
        const units = '/usr/lib/systemd/system';
        for (const unit of await readdir(root.at(units))) {
            if (unit.startsWith('qubes-filterproxy')) {
                expect(await read(`${units}/${unit}`)).not.toMatch(
                    /^WantedBy=/m,
                );
            }
        }
        const enabled = /^\/etc\/systemd\//;
        expect((await ours()).filter((path) => enabled.test(path))).toEqual([]);
        expect(await exists('/run/qubes-filterproxy')).toBe(false);
    });

    test('is upgraded and set back without a word to what runs', async () => {
        await kind.install('lower');
        expect(await read(`${programs}/guard`)).toContain(lower);
        await agentHasRun();
        await root.calls();
        for (const directory of ['packages', 'lower', 'packages'] as const) {
            await kind.install(directory);
            expect(await root.calls()).toEqual(kind.installs);
            expect((await read(`${programs}/guard`)).includes(lower)).toBe(
                directory === 'lower',
            );
        }
        await kind.verify();
    });

    test('keeps a service file that its user changed', async () => {
        await kind.install('lower');
        await root.sh(`echo '# mine' >>${service}`);
        await kind.install('packages');
        expect(await read(service)).toContain('# mine');
    });

    test('closes what was opened when it is removed', async () => {
        await kind.install('packages');
        await agentHasRun();
        await root.calls();
        await kind.remove();
        expect(await root.calls()).toEqual(['agent stop', ...kind.removes]);
        expect(await ours()).toEqual(
            expect.arrayContaining([...kind.left, '/run/qubes-filterproxy']),
        );
        expect(await exists(programs)).toBe(false);
        await kind.install('packages');
        await kind.verify();
    });

    test('ends the proxies if its agent cannot close', async () => {
        await kind.install('packages');
        await agentHasRun('exit 1');
        await root.calls();
        await kind.remove();
        expect(await root.calls()).toEqual([
            'agent stop',
            'systemctl stop qubes-filterproxy@*.service',
            ...kind.removes,
        ]);
    });

    test('is not removed while what it opened cannot be closed', async () => {
        await kind.install('packages');
        await agentHasRun('exit 1');
        await root.sh(
            "printf '%s\\n' '#!/bin/sh' 'exit 1' >/usr/bin/systemctl",
        );
        await expect(kind.remove()).rejects.toThrow();
        expect(await exists(`${programs}/filterproxy-agent`)).toBe(true);
    });

    test('is removed from a template without starting anything', async () => {
        await kind.install('packages');
        await root.calls();
        await kind.remove();
        expect(await root.calls()).toEqual(kind.removes);
        expect(await ours()).toEqual(kind.left);
    });
});

test('a service file that Debian left says that there is no service', async () => {
    const { install, remove } = kinds['Debian package'] ?? expect.unreachable();
    await install('packages');
    await remove();
    expect(await root.sh(`${service} || echo $?`)).toBe('127');
});
