// What a user types in dom0, and what his qubes get from it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
    afterAll,
    beforeAll,
    beforeEach,
    describe,
    expect,
    test,
} from 'vitest';
import { noRules } from '../dom0/no-rules.ts';
import { gateway } from './agent.ts';
import { bed } from './bed.ts';
import { connects, fetchThrough, reaches } from './fetch.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';

const rules = `${config}/qubes`;

/** Where a ProxyVM's user may put a service of his own before ours. */
const service = '/usr/local/etc/qubes-rpc/qubes.FilterProxy';

async function startAfresh(): Promise<void> {
    await bed.qube('sys-filter2', 'rm', '-f', service);
    await forgetAll();
}

beforeAll(async () => {
    await bed.up();
});

beforeEach(startAfresh);

afterAll(startAfresh);

describe('allow', () => {
    test('is in force when it returns, narrowed to what was meant', async () => {
        expect(await connects('work', gateway)).toBe(false);
        const { stdout, exitCode } = await filterproxy(
            'allow',
            'work',
            'github\\.com$',
        );
        expect(exitCode).toBe(0);
        expect(stdout).toContain('work: (^|\\.)github\\.com$ added\n');
        expect(stdout).toContain('sys-filter: in force\n');
        expect(await reaches('work', 'https://github.com/')).toBe(true);
        expect(await reaches('work', 'https://gist.github.com/')).toBe(true);
        expect(await reaches('work', 'http://github.com/')).toBe(true);
        for (const url of [
            'https://evilgithub.com/',
            'https://github.com.evil.org/',
            'https://example.org/',
            'https://93.184.216.34/',
        ]) {
            const fetched = await fetchThrough('work', url);
            expect(fetched.connectStatus).toBe(403);
        }
        expect(await connects('banking', gateway)).toBe(false);
    });

    test('changes nothing with --dry-run', async () => {
        const dry = ['allow', 'work', 'github.com', '--dry-run'];
        const { stdout, exitCode } = await filterproxy(...dry);
        expect(exitCode).toBe(0);
        expect(stdout).toContain('start the proxy of work');
        expect(await connects('work', gateway)).toBe(false);
        expect((await filterproxy('list')).stdout).toBe(noRules);
    });

    test('in its two orders is one command', async () => {
        await filterproxy('work', 'allow', 'github.com');
        const { stdout } = await filterproxy('work');
        expect(stdout).toContain('^github\\.com$');
        expect(await reaches('work', 'https://github.com/')).toBe(true);
    });

    test.each([
        ['github\\.com', 'without "$" at the end'],
        ['^.*$', 'matches'],
        ['(github\\.com$', '('],
        ['https://github.com/', 'no URL'],
        ['github.com:443', 'port'],
        ['github.com\n.*', ''],
    ])('refuses %j and changes nothing', async (pattern, said) => {
        const { stderr, stdout, exitCode } = await filterproxy(
            'allow',
            'work',
            pattern,
        );
        expect(exitCode).not.toBe(0);
        expect(stderr).toContain('qvm-filterproxy: error: ');
        expect(stderr).toContain(said);
        expect(stdout).toBe('');
        expect((await filterproxy('list')).stdout).toBe(noRules);
    });
});

test('--timings tells what dom0 ran, and what its agent did meanwhile', async () => {
    const args = ['allow', 'work', 'timed.test', '--timings'];
    const { stderr, exitCode } = await filterproxy(...args);
    expect(exitCode).toBe(0);
    const call = stderr.indexOf('  qrexec-client -d sys-filter ');
    const started = stderr.indexOf('  systemctl start qubes-filterproxy@');
    expect(call).toBeGreaterThan(stderr.indexOf('  qvm-ls '));
    expect(started).toBeGreaterThan(call);
    const spans = [...stderr.matchAll(/^ *(\d+) \.\. *(\d+) {2}\S/gm)];
    expect(spans.length).toBeGreaterThan(6);
    for (const [, began, ended] of spans) {
        expect(Number(began)).toBeLessThanOrEqual(Number(ended));
    }
    expect(stderr.match(/ {2}all of it\n/g)).toHaveLength(2);
});

describe('a user of dom0 in the group qubes', () => {
    const asUser = [
        'setpriv',
        '--reuid=user',
        '--regid=user',
        '--init-groups',
        'qvm-filterproxy',
    ];

    test('does all of it without being root', async () => {
        for (const [args, isReached] of [
            [['allow', 'work', 'github.com', 'gone.org'], true],
            [['show'], true],
            [['lock', 'work'], true],
            [['unlock', 'work'], true],
            [['remove', 'work', 'github.com'], false],
        ] as const) {
            const done = await bed.dom0(...asUser, ...args);
            expect([done.stderr, done.exitCode]).toEqual(['', 0]);
            const url = 'https://github.com/';
            expect(await reaches('work', url)).toBe(isReached);
        }
    });
});

describe('remove', () => {
    test('is in force when it returns', async () => {
        await filterproxy('allow', 'work', 'kept.org', 'gone.org');
        expect(await reaches('work', 'https://gone.org/')).toBe(true);
        const { exitCode } = await filterproxy('remove', 'work', 'gone.org');
        expect(exitCode).toBe(0);
        expect(await reaches('work', 'https://gone.org/')).toBe(false);
        expect(await reaches('work', 'https://kept.org/')).toBe(true);
    });

    test('of the last rule closes the port', async () => {
        await filterproxy('allow', 'work', 'only.org');
        await filterproxy('remove', 'work', '1');
        expect(await connects('work', gateway)).toBe(false);
    });
});

describe('a client', () => {
    test('with an equal last octet, a user-set address or from a template is served', async () => {
        await bed.create('octet', '--netvm', 'sys-filter');
        await bed.create('dvm', '--netvm', 'sys-filter');
        await bed.dom0('qvm-prefs', 'dvm', 'template_for_dispvms', 'True');
        await bed.create(
            'disp77',
            '--netvm',
            'sys-filter',
            '--class',
            'DispVM',
            '--template',
            'dvm',
        );
        try {
            await bed.dom0('qvm-prefs', 'octet', 'ip', '10.99.7.5');
            await bed.start('octet');
            await bed.start('disp77');
            for (const qube of ['work', 'octet']) {
                expect(
                    (await filterproxy('allow', qube, `${qube}.org`)).exitCode,
                ).toBe(0);
            }
            const asked = await filterproxy('allow', 'disp77', 'disp.org');
            expect(asked.exitCode).not.toBe(0);
            expect(asked.stderr).toContain('--template');
            const disposable = await filterproxy(
                'allow',
                'disp77',
                'disp.org',
                '--template',
            );
            expect(disposable.stderr).toBe('');
            expect(disposable.exitCode).toBe(0);
            for (const [qube, host] of [
                ['work', 'work.org'],
                ['octet', 'octet.org'],
                ['disp77', 'disp.org'],
            ] as const) {
                expect(await reaches(qube, `https://${host}/`)).toBe(true);
                expect(await reaches(qube, 'https://other.org/')).toBe(false);
            }
        } finally {
            for (const qube of ['octet', 'disp77']) {
                await bed.kill(qube);
            }
            for (const qube of ['octet', 'disp77', 'dvm']) {
                await bed.run(['remove', qube]);
            }
        }
    });

    test('that was halted is served after its start and an update', async () => {
        await bed.create('late', '--netvm', 'sys-filter');
        try {
            const stored = await filterproxy('allow', 'late', 'late.org');
            expect(stored.exitCode).toBe(0);
            expect(stored.stdout).toContain('stored; it is halted');
            await bed.start('late');
            expect(await connects('late', gateway)).toBe(false);
            expect((await filterproxy('update')).exitCode).toBe(0);
            expect(await reaches('late', 'https://late.org/')).toBe(true);
        } finally {
            await bed.kill('late');
            await bed.remove('late');
        }
    });

    test('that moved is served by its new ProxyVM only', async () => {
        await bed.create('mover', '--netvm', 'sys-filter');
        try {
            await bed.start('mover');
            await filterproxy('allow', 'mover', 'mover.org');
            expect(await reaches('mover', 'https://mover.org/')).toBe(true);
            await bed.dom0('qvm-prefs', 'mover', 'netvm', 'sys-filter2');
            expect((await filterproxy('update')).exitCode).toBe(0);
            const through = (proxy: string) =>
                fetchThrough('mover', 'https://mover.org/', proxy);
            expect((await through('10.137.0.10:8100')).status).toBe(200);
            const old = await filterproxy('show', '--json');
            expect(JSON.stringify(JSON.parse(old.stdout))).toContain(
                'sys-filter2',
            );
            const left = await bed.qube(
                'sys-filter',
                'pgrep',
                '-x',
                'tinyproxy',
            );
            expect(left.stdout).toBe('');
        } finally {
            await bed.kill('mover');
            await bed.remove('mover');
        }
    });

    test('that is removed and made anew has no rules', async () => {
        await bed.create('phoenix', '--netvm', 'sys-filter');
        await bed.start('phoenix');
        await filterproxy('allow', 'phoenix', 'phoenix.org');
        await bed.kill('phoenix');
        await bed.remove('phoenix');
        await bed.create('phoenix', '--netvm', 'sys-filter');
        try {
            await bed.start('phoenix');
            const { stderr, stdout } = await filterproxy('update');
            expect(stdout + stderr).toMatch(/phoenix/);
            expect(await connects('phoenix', gateway)).toBe(false);
        } finally {
            await bed.kill('phoenix');
            await bed.remove('phoenix');
        }
    });

    test('with the address of another is not served, nor is the other', async () => {
        const twins = ['castor', 'pollux'];
        try {
            for (const twin of twins) {
                await bed.create(twin, '--netvm', 'sys-filter');
                await bed.start(twin);
            }
            const { stdout } = await bed.dom0('qvm-prefs', 'castor', 'ip');
            const address = stdout.trim();
            await filterproxy('allow', 'castor', 'star.org');
            expect(await reaches('castor', 'https://star.org/')).toBe(true);
            await bed.dom0('qvm-prefs', 'pollux', 'ip', address);
            const allowed = await filterproxy('allow', 'pollux', 'star.org');
            expect(allowed.exitCode).toBe(1);
            for (const word of [address, ...twins]) {
                expect(allowed.stdout + allowed.stderr).toContain(word);
            }
            for (const twin of twins) {
                expect(await connects(twin, gateway)).toBe(false);
            }
        } finally {
            for (const twin of twins) {
                await bed.run(['kill', twin]);
                await bed.run(['remove', twin]);
            }
        }
    });
});

describe('a qube that cannot be served', () => {
    const cases: [string, string, RegExp][] = [
        ['without a netvm', 'vault', /no netvm.*qvm-prefs vault netvm/s],
        [
            'at a netvm without the agent',
            'lonely',
            /sys-firewall.*qubes-filterproxy/s,
        ],
    ];

    test.each(cases)(
        '%s is told so, and nothing is started',
        async (_, qube, said) => {
            if (qube === 'lonely') {
                await bed.create('lonely', '--netvm', 'sys-firewall');
                await bed.start('lonely');
            }
            try {
                const before = await bed.dom0(
                    'qvm-ls',
                    '--raw-data',
                    '--fields',
                    'NAME,STATE',
                );
                const { stdout, stderr, exitCode } = await filterproxy(
                    'allow',
                    qube,
                    'x.org',
                );
                expect(exitCode).toBe(1);
                expect(stdout + stderr).toMatch(said);
                const after = await bed.dom0(
                    'qvm-ls',
                    '--raw-data',
                    '--fields',
                    'NAME,STATE',
                );
                expect(after.stdout).toBe(before.stdout);
                expect(
                    (await filterproxy('allow', 'work', 'work.org')).exitCode,
                ).toBe(0);
                expect(await reaches('work', 'https://work.org/')).toBe(true);
            } finally {
                if (qube === 'lonely') {
                    await bed.kill('lonely');
                    await bed.remove('lonely');
                }
            }
        },
    );

    test('whose netvm is halted is told so, and its netvm stays so', async () => {
        await bed.create(
            'gate',
            '--netvm',
            'sys-firewall',
            '--provides-network',
        );
        await bed.create('stranded', '--netvm', 'gate');
        try {
            await bed.start('stranded');
            await bed.kill('gate');
            const stored = await filterproxy('allow', 'stranded', 'x.org');
            expect(stored.exitCode).toBe(0);
            expect(stored.stdout).toMatch(/stranded: stored; .*gate is halted/);
            const state = await bed.dom0(
                'qvm-ls',
                '--raw-data',
                '--fields',
                'STATE',
                'gate',
            );
            expect(state.stdout).toBe('Halted\n');
            const work = await filterproxy('allow', 'work', 'work.org');
            expect(work.exitCode).toBe(0);
            expect(await reaches('work', 'https://work.org/')).toBe(true);
        } finally {
            for (const qube of ['stranded', 'gate']) {
                await bed.run(['kill', qube]);
                await bed.run(['remove', qube]);
            }
        }
    });

    test('behind another qube is told where to attach', async () => {
        await bed.dom0('qvm-prefs', '-D', 'personal', 'netvm');
        await bed.create(
            'behind',
            '--netvm',
            'sys-filter',
            '--provides-network',
        );
        await bed.create('inner', '--netvm', 'behind');
        try {
            await bed.start('inner');
            await bed.qube('behind', 'rm', '/etc/qubes-rpc/qubes.FilterProxy');
            const { stdout, stderr, exitCode } = await filterproxy(
                'allow',
                'inner',
                'x.org',
            );
            expect(exitCode).toBe(1);
            expect(stdout + stderr).toMatch(/sys-filter/);
            expect(stdout + stderr).toMatch(/qvm-prefs inner netvm sys-filter/);
        } finally {
            await bed.kill('inner');
            await bed.kill('behind');
            await bed.remove('inner');
            await bed.remove('behind');
        }
    });
});

describe('a rule file with an error', () => {
    test('is named with its line; what was in force stays, others are updated', async () => {
        await filterproxy('allow', 'work', 'work.org');
        await bed.dom0('sh', '-c', `echo '(broken' >>${rules}/work.rules`);
        await filterproxy('allow', 'banking', 'bank.org');
        const { stderr, exitCode } = await filterproxy('update');
        expect(exitCode).toBe(1);
        expect(stderr).toContain('work.rules:2: ');
        expect(await reaches('banking', 'https://bank.org/')).toBe(true);
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect((await filterproxy('show')).exitCode).toBe(1);
    });

    test.each(['^a\\.org$ expire=soon', '!include set', '^a\\.org$ foo=1'])(
        'is one with %j, which is never half in force',
        async (line) => {
            await bed.dom0(
                'sh',
                '-c',
                `printf '%s\\n' '${line}' >${rules}/work.rules`,
            );
            const { stdout, stderr, exitCode } = await filterproxy('update');
            expect(exitCode).toBe(1);
            expect(stdout + stderr).toContain('work.rules:1');
            expect(await connects('work', gateway)).toBe(false);
        },
    );
});

describe('lock', () => {
    test("leaves the proxy as the only way, and unlock the user's own rules", async () => {
        await filterproxy('allow', 'work', 'work.org');
        const firewall = () =>
            bed.dom0('qvm-firewall', '--raw', 'work', 'list');
        const direct = () =>
            bed.qube(
                'work',
                'curl',
                '--silent',
                '--max-time',
                '3',
                'http://93.184.1.1/',
            );
        const before = await firewall();
        expect((await direct()).exitCode).toBe(0);
        expect((await filterproxy('lock', 'work')).exitCode).toBe(0);
        await sleep(200);
        expect((await direct()).exitCode).not.toBe(0);
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect((await filterproxy('show')).stdout).not.toContain('go around');
        await filterproxy('unlock', 'work');
        expect(await firewall()).toEqual(before);
        expect((await filterproxy('show')).stdout).toContain('go around');
    });
});

describe('a ProxyVM that lies', () => {
    const lies: [string, string][] = [
        ['garbage', 'head -c 100000 /dev/urandom'],
        ['escape sequences', 'printf "\\033[31m\\033]0;pwned\\007"'],
        ['too much', 'head -c 50000000 /dev/zero'],
        ['without end', 'yes'],
        [
            'in another version',
            'echo "{\\"service\\":\\"qubes.FilterProxy\\",\\"version\\":99}"',
        ],
        ['nothing', 'true'],
        ['on stderr', 'printf "\\033[31mred\\n" >&2; exit 7'],
    ];

    beforeAll(async () => {
        await bed.create('victim', '--netvm', 'sys-filter2');
        await bed.start('victim');
        await bed.qube(
            'sys-filter2',
            'mkdir',
            '-p',
            '/usr/local/etc/qubes-rpc',
        );
    });

    afterAll(async () => {
        await bed.kill('victim');
        await bed.remove('victim');
    });

    test.each(lies)(
        'by saying %s is refused harmlessly, and others are served',
        async (_, lie) => {
            await filterproxy('allow', 'victim', 'victim.org');
            await bed.run(
                [
                    'qube',
                    'sys-filter2',
                    'sh',
                    '-c',
                    `cat >${service}; chmod +x ${service}`,
                ],
                {
                    input: `#!/bin/sh\ncat >/dev/null\n${lie}\n`,
                },
            );
            await bed.dom0(
                'sh',
                '-c',
                `printf '^work\\\\.org$\\n' >${rules}/work.rules`,
            );
            const { stdout, stderr, exitCode } = await filterproxy('update');
            expect(exitCode).toBe(1);
            expect(stderr).toContain('sys-filter2');
            // biome-ignore lint/suspicious/noControlCharactersInRegex: the point
            expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
            expect(stderr.length).toBeLessThan(3000);
            expect(await reaches('work', 'https://work.org/')).toBe(true);
            await bed.qube('sys-filter2', 'rm', service);
        },
    );
});
