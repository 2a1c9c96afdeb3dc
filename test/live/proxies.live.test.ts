// The running proxies: alone, confined, and back when they die.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { apply, callAgent, clientOf, document, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';
import { askSandbox } from './sandbox.ts';

const unit = 'qubes-filterproxy@60706.service';

beforeAll(async () => {
    await bed.up();
    await stop();
    await apply([
        await clientOf('work', { hosts: ['a.test'] }),
        await clientOf('banking', { hosts: ['b.test'] }),
    ]);
});

describe('a running proxy', () => {
    test('has a user id that nobody else has', async () => {
        const users = await inProxyvm('ps -C tinyproxy -o uid=,gid=');
        const lines = users
            .trim()
            .split('\n')
            .map((line) => line.trim().split(/\s+/));
        expect(lines.sort()).toEqual([
            ['60706', '60706'],
            ['60707', '60707'],
        ]);
    });

    test('is exposed no more than 2.0', async () => {
        const said = await inProxyvm(
            `systemd-analyze security --no-pager ${unit}`,
        );
        const exposure = /Overall exposure level.*: ([0-9.]+)/.exec(said)?.[1];
        expect(Number(exposure)).toBeLessThanOrEqual(2.0);
    });

    test('can make no system call and see no file that it has no use for', async () => {
        expect(await askSandbox()).toBe('asked\n');
    });

    test('cannot read the files of another', async () => {
        const files = '/run/qubes-filterproxy/proxies';
        const read = (uid: number, of: number) =>
            inProxyvm(
                `setpriv --reuid ${uid} --regid ${uid} --clear-groups` +
                    ` cat ${files}/${of}/filter 2>&1`,
            );
        expect(await read(60_706, 60_706)).toContain('a\\.test');
        expect(await read(60_706, 60_707)).toContain('Permission denied');
    });

    test('sends nothing but to resolvers, its client and global web ports', async () => {
        const said = await inProxyvm(
            'for to in 127.0.0.1:8082 10.137.0.6:80 10.137.0.3:80 93.184.1.1:22;' +
                ' do setpriv --reuid 60706 --regid 60706 --clear-groups' +
                ' curl --silent --max-time 2 --output /dev/null http://$to/;' +
                ' echo $?; done;' +
                ' setpriv --reuid 60706 --regid 60706 --clear-groups' +
                ' curl --silent --max-time 2 --output /dev/null http://93.184.1.1/;' +
                ' echo $?;' +
                ' setpriv --reuid 61000 --regid 61000 --clear-groups' +
                ' curl --silent --max-time 2 --output /dev/null http://93.184.1.1/;' +
                ' echo $?',
        );
        expect(said.trim().split('\n')).toEqual(['7', '7', '7', '7', '0', '7']);
    });

    test('is back within a second after SIGKILL', async () => {
        expect(await reaches('work', 'http://a.test/')).toBe(true);
        await inProxyvm(`systemctl kill --signal=SIGKILL ${unit}`);
        await sleep(1000);
        expect(await reaches('work', 'http://a.test/')).toBe(true);
        expect(await reaches('work', 'http://b.test/')).toBe(false);
    });

    test('may ask the resolvers of now, without dom0', async () => {
        const set = 'nft list set inet qubes-filterproxy resolver4';
        const before = await inProxyvm('cat /etc/resolv.conf');
        await inProxyvm('echo nameserver 10.139.1.2 >/etc/resolv.conf');
        try {
            let now = await inProxyvm(set);
            for (
                let tries = 0;
                now.includes('10.139.1.1') && tries < 30;
                tries += 1
            ) {
                await sleep(100);
                now = await inProxyvm(set);
            }
            expect(now).not.toContain('10.139.1.1');
            expect(now).toContain('10.139.1.2');
            expect(await reaches('work', 'http://a.test/')).toBe(true);
        } finally {
            await bed.run(
                ['qube', 'sys-filter', 'sh', '-c', 'cat >/etc/resolv.conf'],
                { input: before },
            );
        }
    });
});

describe('what a user or an accident takes away', () => {
    test('is put back by the next apply: the table, our rule, a proxy', async () => {
        const clients = [await clientOf('work', { hosts: ['a.test'] })];
        await apply(clients);
        for (const accident of [
            'nft delete table inet qubes-filterproxy',
            'nft flush table inet qubes-filterproxy',
            'nft flush chain ip qubes custom-input',
            'systemctl stop "qubes-filterproxy@*.service"',
            'rm -r /run/qubes-filterproxy/proxies',
            'nft insert rule ip qubes custom-input tcp dport 7777 accept',
            'nft flush chain ip qubes custom-input; nft add rule ip qubes' +
                ' custom-input accept comment \\"qubes-filterproxy\\"',
        ]) {
            await inProxyvm(accident);
            const { report } = await apply(clients);
            expect(report?.steps).not.toEqual([]);
            expect(await reaches('work', 'http://a.test/')).toBe(true);
            expect((await apply(clients)).report?.steps).toEqual([]);
        }
        await inProxyvm('nft flush chain ip qubes custom-input');
        const { answer } = await callAgent('status', '');
        expect(answer.report?.clients).toMatchObject([
            {
                state: 'closed',
                reason: 'our rule in custom-input of table ip qubes is gone',
            },
        ]);
        expect(await reaches('work', 'http://a.test/')).toBe(false);
    });

    test('is closed until then when it is the whole ruleset', async () => {
        const clients = [await clientOf('work', { hosts: ['a.test'] })];
        await apply(clients);
        const saved = await inProxyvm('nft list ruleset');
        await inProxyvm('nft flush ruleset');
        expect(await reaches('work', 'http://a.test/')).toBe(false);
        // Nothing of nftables guards the proxies any more: they are ended.
        expect(await proxiesLeft()).toBe('');
        // What nft prints of our rules it has to read again, too: users
        // keep their rulesets that way.
        const restored = await bed.run(
            ['qube', 'sys-filter', 'nft', '-f', '-'],
            { input: saved },
        );
        expect(restored).toEqual({ stdout: '', stderr: '', exitCode: 0 });
        await apply(clients);
        expect(await reaches('work', 'http://a.test/')).toBe(true);
    });
});

describe('the proxies end when what confines them', () => {
    test.each([
        ['loses rules', 'nft flush chain inet qubes-filterproxy guard'],
        [
            'comes from a ruleset that was saved',
            '(echo flush ruleset; nft list ruleset) >/tmp/saved; nft -f /tmp/saved',
        ],
    ])('%s', async (_, accident) => {
        const clients = [await clientOf('work', { hosts: ['a.test'] })];
        await apply(clients);
        // The guard begins to look half a second after it started.
        await sleep(1000);
        expect(await inProxyvm(accident)).toBe('');
        expect(await proxiesLeft()).toBe('');
        await apply(clients);
        expect(await reaches('work', 'http://a.test/')).toBe(true);
    });
});

test('the proxies end when their unit is masked, and it is said how to undo that', async () => {
    const clients = [await clientOf('work', { hosts: ['a.test'] })];
    await apply(clients);
    const template = 'qubes-filterproxy@.service';
    await inProxyvm(`systemctl mask --runtime ${template}`);
    try {
        // systemd forgets then that they are bound to the guard.
        expect(await proxiesLeft()).toBe('');
        const { answer } = await callAgent('apply', document(clients));
        expect(answer.report?.clients[0]?.reason).toContain(
            `systemctl unmask qubes-filterproxy@`,
        );
    } finally {
        await inProxyvm(`systemctl unmask --runtime ${template}`);
    }
    await apply(clients);
    expect(await reaches('work', 'http://a.test/')).toBe(true);
});

test('the proxies stay when we load anew what confines them', async () => {
    const clients = [await clientOf('work', { hosts: ['a.test'] })];
    await apply(clients);
    await sleep(1000);
    const ours = await inProxyvm('pgrep -x tinyproxy');
    await inProxyvm('nft add chain inet qubes-filterproxy strange');
    const { report } = await apply(clients);
    expect(report?.steps.join()).toContain('table');
    await sleep(2000);
    expect(await inProxyvm('pgrep -x tinyproxy')).toBe(ours);
});

/** Process ids of those that have not ended after two seconds. */
async function proxiesLeft(): Promise<string> {
    let left = 'unknown';
    for (let tries = 0; left !== '' && tries < 20; tries += 1) {
        await sleep(100);
        left = await inProxyvm('pgrep -x tinyproxy');
    }
    return left;
}

describe('a port that somebody else has', () => {
    test('is left to him', async () => {
        await stop();
        await inProxyvm(
            'systemd-run --unit=squatter --quiet' +
                ' python3 -m http.server 8101 --bind 0.0.0.0;' +
                ' for n in 1 2 3 4 5 6 7 8 9; do ss -Hltn "sport = :8101" |' +
                ' grep -q . && break; sleep 0.2; done',
        );
        try {
            const { report } = await apply([
                await clientOf('work', { hosts: ['a.test'] }),
            ]);
            expect(report?.clients[0]?.port).toBe(8102);
            expect(await reaches('work', 'http://a.test/')).toBe(true);
        } finally {
            await inProxyvm('systemctl stop squatter');
            await stop();
        }
    });
});
