// Stopping, starting and restarting, as a user types it in dom0, and what his
// qubes get from it; and commands that meet each other, or their end.
import {
    afterAll,
    beforeAll,
    beforeEach,
    describe,
    expect,
    test,
} from 'vitest';
import { gateway } from './agent.ts';
import { type BedResult, bed } from './bed.ts';
import { connects, fetchThrough, reaches } from './fetch.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';
import { untilAttached } from './network.ts';
import { until } from './until.ts';

/** A step that a test stands on. */
async function must(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await filterproxy(...args);
    expect([args, stderr, exitCode]).toEqual([args, '', 0]);
    return stdout;
}

async function shell(command: string): Promise<BedResult> {
    return bed.dom0('sh', '-c', command);
}

/** An answer that takes a minute, once its first bytes have come. */
async function openDownload(host: string) {
    const path = '/bytes?n=600000&seconds=60';
    const count = async () =>
        (await bed.arrived()).filter((each) =>
            JSON.stringify(each).includes(host),
        ).length;
    const before = await count();
    const began = Date.now();
    const options = ['--max-time', '60', '--output', '/dev/null'];
    const fetched = fetchThrough(
        'work',
        `https://${host}${path}`,
        gateway,
        ...options,
    );
    await until(async () => (await count()) > before, 30);
    return async () => {
        const { exitCode } = await fetched;
        return { exitCode, seconds: (Date.now() - began) / 1000 };
    };
}

async function proxiesOf(proxyvm: string): Promise<string[]> {
    const { stdout } = await bed.qube(proxyvm, 'pgrep', '-x', 'tinyproxy');
    return stdout.split('\n').filter((line) => line !== '');
}

beforeAll(async () => {
    await bed.up();
}, 600_000);
beforeEach(forgetAll);
afterAll(forgetAll);

describe('stop', () => {
    test('ends a qube’s proxy and all that it has open, and no other’s', async () => {
        await must('allow', 'work', 'work.org');
        await must('allow', 'banking', 'bank.org');
        const ended = await openDownload('work.org');
        expect(await must('stop', 'work')).toContain(
            'sys-filter: in force; 1 open connection of work was ended\n',
        );
        const { exitCode, seconds } = await ended();
        expect(exitCode).not.toBe(0);
        expect(seconds).toBeLessThan(50);
        expect(await connects('work', gateway)).toBe(false);
        expect(await reaches('banking', 'https://bank.org/')).toBe(true);
        expect((await proxiesOf('sys-filter')).length).toBe(1);
    });

    test('holds through rules, updates, and restarts of the qube and of dom0', async () => {
        await must('allow', 'work', 'work.org');
        await must('stop', 'work');
        expect(await must('allow', 'work', 'more.org')).toContain(
            'work: stored; it is stopped (since ',
        );
        // dom0 forgets at its restart whom it told what.
        await shell('rm -r /run/qubes/filterproxy');
        await bed.stop('work');
        await bed.start('work');
        await untilAttached('work');
        expect(await must('update')).toContain('work: it is stopped (since ');
        expect(await connects('work', gateway)).toBe(false);
        expect(await must('show')).toContain('work: it is stopped (since ');
        expect(await must('start', 'work')).toBe(
            'work: not stopped any more\nsys-filter: in force\n',
        );
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect(await reaches('work', 'https://more.org/')).toBe(true);
    });

    test('holds through a restart of the ProxyVM', async () => {
        await bed.create('held', '--netvm', 'sys-filter2');
        try {
            await bed.start('held');
            await must('allow', 'held', 'held.org');
            await must('stop', 'held');
            await bed.kill('held');
            await bed.kill('sys-filter2');
            await bed.start('sys-filter2');
            await bed.start('held');
            await untilAttached('held', 'sys-filter2');
            await must('update');
            expect(await proxiesOf('sys-filter2')).toEqual([]);
            await must('start', 'held');
            expect((await proxiesOf('sys-filter2')).length).toBe(1);
        } finally {
            await bed.run(['kill', 'held']);
            await bed.run(['remove', 'held']);
        }
    });

    test('is noted but said to be uncertain when its ProxyVM does not answer', async () => {
        await must('allow', 'work', 'work.org');
        await bed.pause('sys-filter');
        const stopped = await filterproxy('stop', 'work');
        await bed.unpause('sys-filter');
        expect(stopped.exitCode).toBe(1);
        expect(stopped.stderr).toContain(
            'work: noted as stopped, but sys-filter could not be told: ',
        );
        await must('update', 'sys-filter');
        expect(await connects('work', gateway)).toBe(false);
    });

    test('is of the user who typed it', async () => {
        await must('allow', 'work', 'work.org');
        const asUser = ['setpriv', '--reuid=user', '--regid=user'];
        const { stderr, exitCode } = await bed.dom0(
            ...asUser,
            '--init-groups',
            'qvm-filterproxy',
            'stop',
            'work',
        );
        expect([stderr, exitCode]).toEqual(['', 0]);
        expect(await must('list', 'work')).toContain(', by user)\n');
        const { stdout } = await shell(
            `stat -c '%a %G' ${config}/stopped.json; SUDO_USER=someone ` +
                'qvm-filterproxy stop banking; cat ' +
                `${config}/stopped.json`,
        );
        expect(stdout).toMatch(/^660 qubes\n/);
        expect(stdout).toContain('"by": "someone"');
    });
});

describe('restart', () => {
    test('ends all that a qube has open and gives it a new proxy', async () => {
        await must('allow', 'work', 'work.org');
        await must('allow', 'banking', 'bank.org');
        const before = await proxiesOf('sys-filter');
        const ended = await openDownload('work.org');
        expect(await must('restart', 'work')).toBe(
            'work: restarted\nsys-filter: in force; 1 open connection of work was ended\n',
        );
        expect((await ended()).exitCode).not.toBe(0);
        const after = await proxiesOf('sys-filter');
        expect(after.length).toBe(2);
        expect(after.filter((pid) => before.includes(pid)).length).toBe(1);
        expect(await reaches('work', 'https://work.org/')).toBe(true);
    });
});

describe('kill-all', () => {
    test('leaves nothing of ours running, and holds for rules to come', async () => {
        await must('allow', 'work', 'work.org');
        expect(await must('kill-all')).toContain('sys-filter: serves nobody\n');
        for (const proxyvm of ['sys-filter', 'sys-filter2']) {
            expect(await proxiesOf(proxyvm)).toEqual([]);
            const { stdout } = await bed.qube(proxyvm, 'nft', 'list', 'tables');
            expect(stdout).not.toContain('filterproxy');
        }
        await must('allow', 'banking', 'bank.org');
        await must('update');
        expect(await connects('banking', gateway)).toBe(false);
        await must('start', 'work');
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect(await connects('banking', gateway)).toBe(false);
        await must('start', '--all');
        expect(await reaches('banking', 'https://bank.org/')).toBe(true);
    });

    test('closes without qubesd, and start opens nothing', async () => {
        await must('allow', 'work', 'work.org');
        await bed.qubesd('stop');
        try {
            const { exitCode, stdout } = await filterproxy('kill-all');
            expect([exitCode, stdout]).toEqual([
                1,
                expect.stringContaining('sys-filter: serves nobody\n'),
            ]);
            expect(await connects('work', gateway)).toBe(false);
            expect((await filterproxy('start', '--all')).exitCode).toBe(1);
        } finally {
            await bed.qubesd('start');
        }
        await must('update');
        expect(await connects('work', gateway)).toBe(false);
        await must('start', '--all');
        expect(await reaches('work', 'https://work.org/')).toBe(true);
    });

    test('and restart serves everybody anew', async () => {
        await must('allow', 'work', 'work.org');
        await must('allow', 'banking', 'bank.org');
        await must('stop', 'banking');
        const before = await proxiesOf('sys-filter');
        const ended = await openDownload('work.org');
        await must('kill-all-and-restart');
        expect((await ended()).exitCode).not.toBe(0);
        const after = await proxiesOf('sys-filter');
        expect(after.length).toBe(2);
        expect(after.filter((pid) => before.includes(pid))).toEqual([]);
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect(await reaches('banking', 'https://bank.org/')).toBe(true);
    });
});

test('check says what the proxy then does', async () => {
    await must('allow', 'work', '.work.org', '^93\\.184\\.1\\.1$');
    for (const url of [
        'https://work.org/',
        'http://a.work.org/',
        'https://WORK.org/',
        'https://work.org./',
        'https://evilwork.org/',
        'https://93.184.1.1/',
        'https://work.org:8443/',
        'http://work.org:22/',
    ]) {
        const { exitCode } = await filterproxy('check', 'work', url);
        const { status, connectStatus } = await fetchThrough('work', url);
        const answered = url.startsWith('https') ? connectStatus : status;
        expect([url, exitCode === 0]).toEqual([url, answered === 200]);
    }
});

describe('commands that meet', () => {
    const count = 20;
    const hosts = (letter: string) =>
        Array.from({ length: count }, (_, at) => `${letter}${at}.org`);

    test('lose no rule: 20 times allow and 20 times remove of one qube', async () => {
        await must('allow', 'work', ...hosts('gone'));
        const commands = [
            ...hosts('new').map((host) => ['allow', host]),
            ...hosts('gone').map((host) => ['remove', host]),
        ];
        const results = await Promise.all(
            commands.map(([command = '', host = '']) =>
                bed.run(['dom0', 'qvm-filterproxy', command, 'work', host], {
                    timeoutMs: 250_000,
                }),
            ),
        );
        expect(results.map(({ exitCode }) => exitCode)).toEqual(
            commands.map(() => 0),
        );
        const { stdout } = await shell(`sort ${config}/qubes/work.rules`);
        expect(stdout.trimEnd().split('\n')).toEqual(
            hosts('new')
                .map((host) => `^${host.replace('.', '\\.')}$`)
                .sort(),
        );
        expect(await must('show')).toContain(`work: served, ${count} rules`);
        expect((await proxiesOf('sys-filter')).length).toBeGreaterThan(0);
        for (const host of ['new0.org', 'new19.org']) {
            expect(await reaches('work', `https://${host}/`)).toBe(true);
        }
        for (const host of ['gone0.org', 'gone19.org']) {
            expect(await reaches('work', `https://${host}/`)).toBe(false);
        }
    }, 300_000);

    test('leave a truthful state when one is killed before it told its ProxyVM', async () => {
        await must('allow', 'work', 'work.org');
        const lock = '/run/qubes/filterproxy/sys-filter.lock';
        const holding = shell(
            `exec 9<>${lock}; flock 9; touch /run/held; ` +
                'until [ -e /run/let-go ]; do sleep 0.05; done',
        );
        await until(async () => {
            return (await shell('test -e /run/held')).exitCode === 0;
        }, 30);
        const killed = shell(
            'echo $$ >/run/allow.pid; exec qvm-filterproxy allow work late.org',
        );
        const rules = `${config}/qubes/work.rules`;
        await until(async () => {
            return (await shell(`grep -q late ${rules}`)).exitCode === 0;
        }, 30);
        await shell('kill -KILL $(cat /run/allow.pid); touch /run/let-go');
        await Promise.all([holding, killed]);
        await shell('rm -f /run/held /run/let-go /run/allow.pid');
        const shown = (await filterproxy('show')).stdout;
        expect(shown).toContain(
            'work: served when it was last told, but with 1 instead of 2 rules, not locked\n',
        );
        expect(shown).toContain(
            '\n    to bring it up to date: qvm-filterproxy update sys-filter\n',
        );
        expect(await reaches('work', 'https://late.org/')).toBe(false);
        expect(await reaches('work', 'https://work.org/')).toBe(true);
        expect(await must('update')).toBe('sys-filter: in force\n');
        expect(await reaches('work', 'https://late.org/')).toBe(true);
    });
});
