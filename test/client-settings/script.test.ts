// The scripts that a client is sent, run by the real shell on a real tree.
import { readlinkSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mark } from '../../dom0/core/client-settings/address.ts';
import { readClientAnswer } from '../../dom0/core/client-settings/answer.ts';
import { settingsFiles } from '../../dom0/core/client-settings/files.ts';
import {
    bootPaths,
    bootScript,
    renderScript,
} from '../../dom0/core/client-settings/script.ts';
import { FakeRoot } from './fake-root.ts';

const apply = renderScript('qube', 'apply');
const remove = renderScript('qube', 'remove');
const early = '/rw/config/rc.local-early.d/qubes-filterproxy-client.rc';
const firefox = '/etc/firefox/policies/policies.json';
const apt = '/etc/apt/apt.conf.d/70qubes-filterproxy-client';

/** With all that our files need to be read. */
function fullRoot(): FakeRoot {
    const root = new FakeRoot();
    for (const { needs } of settingsFiles) {
        root.makeDirectory(needs ?? 'etc');
    }
    return root;
}

function states(out: readonly string[]): Record<string, string> {
    const answer = readClientAnswer(out.map((line) => `${line}\n`).join(''));
    if (!answer.ok) {
        throw new Error(answer.error);
    }
    return Object.fromEntries(
        answer.value.map(({ path, state }) => [path, state]),
    );
}

const all = (state: string) =>
    Object.fromEntries(
        [early, ...settingsFiles.map(({ path }) => path)].map((path) => [
            path,
            state,
        ]),
    );

describe('the script that settles a qube', () => {
    test.each(['bash', 'dash'])('writes every file, by %s', (shell) => {
        const root = fullRoot();
        const { exitCode, out, err } = root.run(apply, shell);
        expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
        expect(states(out)).toEqual(all('written'));
        for (const { path, text } of settingsFiles) {
            expect(root.read(path)).toBe(text);
        }
        const { mode } = statSync(join(root.path, early));
        expect(mode & 0o777).toBe(0o755);
    });

    test('marks every file as ours', () => {
        for (const { text } of [...settingsFiles, { text: bootScript }]) {
            expect(text).toContain(mark);
        }
    });

    test('starts what listens, once it is there', () => {
        const root = fullRoot();
        root.run(apply);
        expect(root.calls()).toEqual([
            `dconf update ${root.path}/etc/dconf/db`,
            'systemctl daemon-reload',
            'systemctl stop qubes-filterproxy-client.socket qubes-filterproxy-client.service',
            'systemctl start qubes-filterproxy-client.socket',
        ]);
    });

    test('changes nothing the second time', () => {
        const root = fullRoot();
        root.run(apply);
        const before = root.content();
        root.calls();
        expect(states(root.run(apply).out)).toEqual(all('unchanged'));
        expect(root.content()).toBe(before);
        expect(root.calls()).toEqual([
            'systemctl start qubes-filterproxy-client.socket',
        ]);
    });

    test('writes a file of ours anew that differs', () => {
        const root = fullRoot();
        root.run(apply);
        root.write(apt, `// ${mark} once\n`);
        expect(states(root.run(apply).out)[apt]).toBe('written');
        expect(root.read(apt)).toContain('Acquire');
    });

    test('leaves the files of others, and says so', () => {
        const root = fullRoot();
        root.write(firefox, '{"policies":{}}\n');
        root.makeDirectory('etc/profile.d');
        const link = join(
            root.path,
            'etc/profile.d/qubes-filterproxy-client.sh',
        );
        symlinkSync('/nowhere', link);
        const { exitCode, out } = root.run(apply);
        expect(exitCode).toBe(0);
        expect(states(out)).toMatchObject({
            [firefox]: 'foreign',
            '/etc/profile.d/qubes-filterproxy-client.sh': 'foreign',
        });
        expect(root.read(firefox)).toBe('{"policies":{}}\n');
        root.run(remove);
        expect(root.read(firefox)).toBe('{"policies":{}}\n');
        expect(readlinkSync(link)).toBe('/nowhere');
    });

    test('writes nothing for programs that are not there', () => {
        const out = new FakeRoot().run(apply).out.join('\n');
        expect(out).toContain('profile.d');
        expect(out).not.toMatch(/apt|dnf|dconf/);
    });

    test('leaves updates to Qubes’ own proxy where they go through it', () => {
        const root = fullRoot();
        root.run(apply);
        root.write('run/qubes-service/updates-proxy-setup', '');
        const told = states(root.run(apply).out);
        expect(told[apt]).toBe('removed');
        expect(
            told['/etc/dnf/libdnf5.conf.d/70-qubes-filterproxy-client.conf'],
        ).toBe('removed');
        expect(told[firefox]).toBe('unchanged');
    });

    test('tells what it could not write, and writes the rest', () => {
        const root = fullRoot();
        root.write('etc/firefox', 'no directory\n');
        const { exitCode, out } = root.run(apply);
        expect(exitCode).toBe(1);
        expect(states(out)).toEqual({ ...all('written'), [firefox]: 'failed' });
    });

    test('fails when nothing listens', () => {
        const root = fullRoot();
        root.setProgram('systemctl', '[ "$1" != start ]');
        expect(root.run(apply).exitCode).toBe(1);
    });

    test('does nothing unless all of it has arrived', () => {
        const root = fullRoot();
        const before = root.content();
        for (let part = 1; part < 20; part += 1) {
            const end = Math.floor((apply.length * part) / 20);
            root.run(apply.slice(0, end));
            expect(root.content()).toBe(before);
        }
        root.run(apply.slice(0, apply.indexOf('main </dev/null')));
        expect(root.content()).toBe(before);
    });
});

describe('the script that takes it back', () => {
    test('leaves exactly what was there before', () => {
        const root = fullRoot();
        root.write('etc/chromium/policies/managed/own.json', '{}\n');
        root.makeDirectory('etc/opt');
        const before = root.content();
        root.run(apply);
        root.calls();
        const { exitCode, out, err } = root.run(remove);
        expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
        expect(states(out)).toEqual(all('removed'));
        expect(root.content()).toBe(before);
        expect(root.calls()).toEqual([
            'systemctl stop qubes-filterproxy-client.socket qubes-filterproxy-client.service',
            `dconf update ${root.path}/etc/dconf/db`,
            'systemctl daemon-reload',
        ]);
    });

    test('leaves a directory that somebody has put something into', () => {
        const root = fullRoot();
        root.run(apply);
        const own = 'etc/firefox/policies/own.json';
        root.write(own, '{}\n');
        expect(root.run(remove).exitCode).toBe(0);
        expect(root.read(own)).toBe('{}\n');
    });

    test('does nothing where nothing of ours is', () => {
        const root = fullRoot();
        const before = root.content();
        const { exitCode, out } = root.run(remove);
        expect({ exitCode, out }).toEqual({ exitCode: 0, out: [] });
        expect(root.content()).toBe(before);
        expect(root.calls()).toEqual([]);
    });
});

describe('at boot', () => {
    test('the root that is new again is settled, and nothing is waited for', () => {
        const first = fullRoot();
        first.run(apply);
        const next = fullRoot();
        const { exitCode, out } = next.run(first.read(early), 'dash');
        expect(exitCode).toBe(0);
        const { [early]: _, ...settled } = all('written');
        expect(states(out)).toEqual(settled);
        expect(next.calls()).toEqual([
            `dconf update ${next.path}/etc/dconf/db`,
            'systemctl daemon-reload',
            'systemctl start --no-block qubes-filterproxy-client.socket',
        ]);
    });
});

describe('in a template', () => {
    const applyThere = renderScript('template', 'apply');
    const removeThere = renderScript('template', 'remove');

    test('nothing is settled but what does it in qubes with the service', () => {
        const root = fullRoot();
        const { exitCode, out } = root.run(applyThere);
        expect(exitCode).toBe(0);
        expect(Object.keys(states(out))).toEqual(bootPaths('template'));
        expect(root.calls()).toEqual([]);
        expect(
            root.read(
                '/etc/systemd/system/qubes-filterproxy-client-settings.service',
            ),
        ).toContain(
            'ConditionPathExists=/run/qubes-service/filterproxy-client',
        );
        const settings = '/usr/lib/qubes-filterproxy-client/settings';
        const { mode } = statSync(join(root.path, settings));
        expect(mode & 0o777).toBe(0o755);
    });

    test('it is taken back to what was there before', () => {
        const root = fullRoot();
        const before = root.content();
        root.run(applyThere);
        expect(root.run(removeThere).exitCode).toBe(0);
        expect(root.content()).toBe(before);
    });

    test('a qube that is settled by itself, too, keeps what its template has', () => {
        const root = fullRoot();
        root.run(applyThere);
        const before = withoutSums(root.content());
        root.run(apply);
        root.run(remove);
        expect(withoutSums(root.content())).toBe(before);
    });
});

/** The list of made directories is in another order then. */
function withoutSums(content: string): string {
    return content.replace(/^[0-9a-f]{64} .*\.made\n/gm, '');
}
