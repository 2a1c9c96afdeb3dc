// What breaks on the way, in dom0 and in ProxyVMs: nothing is worse than not
// yet up to date meanwhile, and all is right in the end, by itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import {
    daemonDown,
    daemonUp,
    killDaemon,
    leftToDo,
    now,
    reached,
    saveRules,
    startDaemon,
    stopDaemon,
    unitProperty,
    untilReached,
    untilSaid,
    untilServed,
    untilUp,
} from './daemon.ts';
import { config, filterproxy } from './filterproxy.ts';
import { inProxyvm } from './proxyvm.ts';

const [work, banking] = ['10.137.0.5', '10.137.0.6'];

beforeAll(async () => {
    await daemonUp();
    await saveRules('work', '^a\\.test$');
    await saveRules('banking', '^b\\.test$');
});

afterAll(daemonDown);

async function dom0(script: string): Promise<void> {
    await bed.must(['dom0', 'sh', '-ec', script]);
}

test('before there is any trouble, the clients are served', async () => {
    await untilReached({ work: 'a.test', banking: 'b.test' });
});

async function inSysFilter(script: string): Promise<void> {
    await bed.must(['qube', 'sys-filter', 'sh', '-ec', script]);
}

describe('a ProxyVM', () => {
    test('that was shut down by force serves the clients it finds', async () => {
        await bed.stop('sys-filter');
        await bed.start('sys-filter');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });

    test('that is killed in the middle of an apply starts right', async () => {
        // Where its agent starts a proxy it waits, and dies with the rest.
        await inSysFilter(
            `cd /run/systemd/system; mkdir qubes-filterproxy@.service.d
             printf '[Service]\\nExecStartPre=sleep 60\\n' \\
                 >qubes-filterproxy@.service.d/slow.conf
             systemctl daemon-reload`,
        );
        await saveRules('work', '^a\\.test$', '^c\\.test$');
        await expect
            .poll(() => inProxyvm('pgrep -x sleep'), { timeout: 10_000 })
            .not.toBe('');
        await bed.kill('sys-filter');
        await bed.start('sys-filter');
        await untilReached({ work: 'a.test c.test', banking: 'b.test' });
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test' });
    });

    test('whose agent never answers delays no other', async () => {
        await bed.must(['qube', 'sys-filter2', 'sh', '-ec', hang]);
        await bed.must([
            'dom0',
            'qvm-prefs',
            'banking',
            'netvm',
            'sys-filter2',
        ]);
        await untilServed('sys-filter', work);
        await saveRules('work', '^c\\.test$');
        await untilReached({ work: 'c.test', banking: 'nothing' });
        await bed.must(['qube', 'sys-filter2', 'sh', '-ec', recover]);
        await untilReached({ banking: 'b.test' });
        await bed.must(['dom0', 'qvm-prefs', 'banking', 'netvm', 'sys-filter']);
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });

    test('that is paused takes what it missed when it goes on', async () => {
        await bed.pause('sys-filter');
        await saveRules('work', '^c\\.test$');
        await bed.unpause('sys-filter');
        await untilReached({ work: 'c.test', banking: 'b.test' });
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test' });
    });

    test('whose proxies are killed has them back at once', async () => {
        const killed = performance.now();
        await inProxyvm('pkill -KILL -x tinyproxy');
        await untilReached({ work: 'a.test', banking: 'b.test' });
        expect(performance.now() - killed).toBeLessThan(atOnceMs);
    });

    test('whose disk is full says so, and takes it when there is room', async () => {
        const since = now();
        const files = '/run/qubes-filterproxy';
        await inSysFilter(
            `mkdir /tmp/small; mount -t tmpfs -o size=4M,mode=755 small /tmp/small
             cp -a ${files}/. /tmp/small; mount --bind /tmp/small ${files}
             head -c 5M /dev/zero >${files}/full 2>/dev/null || :`,
        );
        await saveRules('work', '^a\\.test$', '^c\\.test$');
        await untilSaid(since, 'ENOSPC');
        expect(['nothing', 'a.test', 'a.test c.test']).toContain(
            (await reached(['work']))['work'],
        );
        await inSysFilter(`rm ${files}/full`);
        await untilReached({ work: 'a.test c.test', banking: 'b.test' });
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test' });
    });
});

/** On a machine that does other things too; alone it takes 300. */
const atOnceMs = 3000;

const service = '/usr/local/etc/qubes-rpc/qubes.FilterProxy';
/** As an agent that hangs: it takes calls, and answers none. */
const hang = `mkdir -p /usr/local/etc/qubes-rpc
    printf '#!/bin/sh\\nexec sleep 600\\n' >${service}; chmod +x ${service}`;
const recover = `rm ${service}; pkill -x sleep`;

describe('qubesd', () => {
    test('that was gone is asked what happened meanwhile', async () => {
        await bed.qubesd('stop');
        await bed.kill('work');
        await bed.qubesd('start');
        await untilServed('sys-filter', banking);
        await bed.qubesd('stop');
        await bed.start('work');
        await bed.qubesd('start');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });

    test('that hangs holds up no rules that are saved: nothing is to be asked', async () => {
        // By a look at all that happened before.
        await saveRules('work', '^a\\.test$', '^c\\.test$');
        await untilReached({ work: 'a.test c.test' });
        await bed.qubesd('freeze');
        await saveRules('work', '^c\\.test$');
        await untilReached({ work: 'c.test', banking: 'b.test' });
        await bed.qubesd('thaw');
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });
});

describe('the daemon', () => {
    test('is started while qubesd hangs, and hears it later', async () => {
        await stopDaemon();
        await bed.qubesd('freeze');
        await startDaemon();
        await bed.qubesd('thaw');
        await saveRules('work', '^c\\.test$');
        await bed.kill('banking');
        await untilReached({ work: 'c.test' });
        await untilServed('sys-filter', work);
        await bed.start('banking');
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });

    // More often than systemd's own limit, five times in ten seconds.
    test('that is killed at any moment is back, and does what it was at', async () => {
        for (const seconds of [0, 0.1, 0.2, 0.3, 0.4, 0.6]) {
            const host = seconds === 0.2 ? 'b.test' : 'c.test';
            await saveRules('work', `^${host.replace('.', '\\.')}$`);
            await dom0(`sleep ${seconds}`);
            await killDaemon();
            await untilReached({ work: host, banking: 'b.test' });
            await saveRules('work', '^a\\.test$');
            await untilReached({ work: 'a.test', banking: 'b.test' });
        }
        expect(await unitProperty('StartLimitIntervalUSec')).toBe('0');
    }, 120_000);

    test('that was stopped for a while finds out what changed', async () => {
        await stopDaemon();
        await saveRules('work', '^c\\.test$');
        await bed.kill('banking');
        expect(await reached(['work'])).toEqual({ work: 'a.test' });
        await startDaemon();
        await untilReached({ work: 'c.test' });
        await untilServed('sys-filter', work);
        await bed.start('banking');
        await saveRules('work', '^a\\.test$');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });
});

describe('a full disk in dom0', () => {
    test('of our run directory is said, and all is made up for later', async () => {
        await onSmallDisk(run, async () => {
            await startDaemon();
            await untilReached({ work: 'a.test', banking: 'b.test' });
            const since = now();
            await fill(run);
            await bed.kill('work');
            await untilSaid(since, 'ENOSPC');
            expect(await reached(['banking'])).toEqual({ banking: 'b.test' });
            await dom0(`rm ${run}/full`);
            await untilServed('sys-filter', banking);
            await bed.start('work');
            await untilReached({ work: 'a.test', banking: 'b.test' });
        });
    });

    test('of our configuration is said, and all is made up for later', async () => {
        await onSmallDisk(config, async () => {
            await saveRules('work', '^c\\.test$');
            await dom0(`rm ${config}/owners/work`);
            await fill(config);
            const since = now();
            await startDaemon();
            await untilSaid(since, 'ENOSPC');
            expect(await reached(['work', 'banking'])).toEqual({
                work: 'a.test',
                banking: 'b.test',
            });
            await dom0(`rm ${config}/full`);
            await untilReached({ work: 'c.test', banking: 'b.test' });
        });
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });
});

const run = '/run/qubes/filterproxy';

/** The daemon does not run before, and is started anew afterwards. */
async function onSmallDisk(
    directory: string,
    action: () => Promise<void>,
): Promise<void> {
    await stopDaemon();
    await dom0(
        `cp -a ${directory} /tmp/kept
         mount -t tmpfs -o size=256k,mode=2770,gid=98 small ${directory}
         cp -a /tmp/kept/. ${directory}; rm -r /tmp/kept`,
    );
    try {
        await action();
    } finally {
        await stopDaemon();
        await dom0(`umount ${directory}`);
        await startDaemon();
    }
}

async function fill(directory: string): Promise<void> {
    // Twice: what the daemon was writing may have made room meanwhile.
    await dom0(
        `cat /dev/zero >${directory}/full 2>/dev/null || :; sleep 1
        cat /dev/zero >>${directory}/full 2>/dev/null || :`,
    );
}

test('a stop by the user outlasts everything', async () => {
    await filterproxy('stop', 'work');
    await untilReached({ work: 'nothing', banking: 'b.test' });
    await killDaemon();
    await bed.stop('work');
    await bed.stop('sys-filter');
    await untilUp();
    await bed.start('sys-filter');
    await bed.start('work');
    await bed.must(['dom0', 'qvm-prefs', 'work', 'netvm', 'sys-filter2']);
    await saveRules('work', '^c\\.test$');
    await bed.must(['dom0', 'qvm-prefs', 'work', 'netvm', 'sys-filter']);
    await untilReached({ banking: 'b.test' });
    await untilServed('sys-filter', banking);
    expect(await reached(['work'])).toEqual({ work: 'nothing' });
    await filterproxy('start', 'work');
    await untilReached({ work: 'c.test', banking: 'b.test' });
});

test('in the end there is nothing left to do', async () => {
    expect(await leftToDo()).toEqual([]);
});
