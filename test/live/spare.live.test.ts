// The spare proxy: what it saves, and that nothing but time depends on it.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
    type ProxyUid,
    portOf,
    uidOfPort,
} from '../../proxyvm/core/proxy-uid.ts';
import { filterOfHosts } from '../filters.ts';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { connects, reaches } from './fetch.ts';
import { inProxyvm, portOfClient, untilSpare } from './proxyvm.ts';
import { until } from './until.ts';

const work = '10.137.0.5';
const fifo = '/run/qubes-filterproxy/spare';

async function allow(...hosts: string[]) {
    return apply([await clientOf('work', { hosts })]);
}

async function inProxyvmLine(script: string): Promise<string> {
    return (await inProxyvm(script)).trim();
}

function spareUid(): Promise<string> {
    return inProxyvmLine(`stat --format=%g ${fifo} 2>/dev/null`);
}

function pidOf(uid: string | number): Promise<string> {
    const unit = `qubes-filterproxy@${uid}.service`;
    return inProxyvmLine(`systemctl show -P MainPID ${unit}`);
}

/** The user id of the proxy that serves work. */
async function servingUid(): Promise<string> {
    return String(uidOfPort(await portOfClient(work)));
}

beforeAll(async () => {
    await bed.up();
});

beforeEach(async () => {
    await stop();
    await allow('first.test');
    await untilSpare();
});

test('the next new proxy is the process that waited', async () => {
    const uid = await spareUid();
    const pid = await pidOf(uid);
    await allow('first.test', 'second.test');
    expect(await servingUid()).toBe(uid);
    expect(await pidOf(uid)).toBe(pid);
    expect(await inProxyvmLine(`cat /proc/${pid}/comm`)).toBe('tinyproxy');
    expect(await reaches('work', 'http://second.test/')).toBe(true);
});

test('another waits then, and an apply with nothing to do leaves it', async () => {
    const uid = await spareUid();
    await allow('first.test', 'second.test');
    await untilSpare();
    const next = await spareUid();
    expect(next).not.toBe(uid);
    const pid = await pidOf(next);
    const { report } = await allow('first.test', 'second.test');
    expect(report?.steps).toEqual([]);
    expect(await pidOf(next)).toBe(pid);
});

test('nobody can take its turn, neither who was it nor another', async () => {
    const uid = await spareUid();
    const inode = await inProxyvm(`stat --format=%i ${fifo}`);
    await allow('first.test', 'second.test');
    await untilSpare();
    expect(await inProxyvm(`stat --format=%i ${fifo}`)).not.toBe(inode);
    const strangers = [uid, '60999', '65534'];
    for (const stranger of strangers) {
        const as = `setpriv --reuid=${stranger} --regid=${stranger} --clear-groups`;
        const script = `${as} sh -c 'echo >${fifo}' && echo written`;
        expect(await inProxyvm(script), stranger).toBe('');
    }
});

test('what it waits at is not taken away by who has not seen it yet', async () => {
    const uid = await spareUid();
    const inode = await inProxyvm(`stat --format=%i ${fifo}`);
    await inProxyvm(`systemctl stop qubes-filterproxy@${uid}.service`);
    await allow('first.test');
    await untilSpare();
    expect(await spareUid()).toBe(uid);
    expect(await inProxyvm(`stat --format=%i ${fifo}`)).toBe(inode);
});

test('it listens nowhere and reaches nothing', async () => {
    const uid = await spareUid();
    const port = portOf(Number(uid) as ProxyUid);
    const listens = await inProxyvm(`ss -Hltn sport = :${port}`);
    expect(listens).toBe('');
    const as = `setpriv --reuid=${uid} --regid=${uid} --clear-groups`;
    const fetch = 'curl --silent --max-time 5 http://93.184.1.1/';
    expect(await inProxyvm(`${as} ${fetch}`)).toBe('');
    expect(await inProxyvm(fetch)).not.toBe('');
});

test('who records all requests gets a new sandbox, which has a log', async () => {
    const uid = await spareUid();
    const pid = await pidOf(uid);
    const client = await clientOf('work', { hosts: ['first.test'] });
    const filter = { ...client.filter, record: 'all' };
    const { report } = await apply([{ ...client, filter }]);
    expect(report?.clients).toMatchObject([{ state: 'served' }]);
    expect(await servingUid()).toBe(uid);
    expect(await pidOf(uid)).not.toBe(pid);
    expect(await reaches('work', 'http://first.test/')).toBe(true);
    const mounts = await inProxyvm(`cat /proc/${await pidOf(uid)}/mountinfo`);
    expect(mounts).toContain(`/run/qubes-filterproxy/logs/${uid}.log `);
});

test('a filter that takes over by itself has it, too, and another waits then', async () => {
    const uid = await spareUid();
    const filter = filterOfHosts(['second.test']);
    const change = { deadlines: [{ seconds: 2, filter }] };
    await apply([await clientOf('work', { hosts: ['first.test'], change })]);
    await until(async () => (await servingUid()) === uid, 10);
    expect(await reaches('work', 'http://second.test/')).toBe(true);
    await until(async () => !['', uid].includes(await spareUid()), 5);
    const next = await spareUid();
    await allow('third.test');
    expect(await servingUid()).toBe(next);
});

describe('a client is served, and there is a spare again, though the spare', () => {
    test.each([
        ['has ended', 'systemctl stop "qubes-filterproxy@$uid"'],
        ['was killed', 'kill -KILL "$pid"'],
        ['has nothing to wait at', `rm ${fifo}`],
        ['has a file to wait at', `rm ${fifo}; echo >${fifo}`],
        ['would be another', `chgrp 60900 ${fifo}`],
        ['does not hear that it is its turn', 'kill -STOP "$pid"'],
        ['waits at what is full', `timeout 1 sh -c 'exec 3<>${fifo}; yes >&3'`],
        ['was woken by somebody', `echo >${fifo}`],
    ])('%s', async (_, script) => {
        const uid = await spareUid();
        await inProxyvm(`uid=${uid}; pid=${await pidOf(uid)}; ${script}`);
        await allow('first.test', 'second.test');
        expect(await reaches('work', 'http://second.test/')).toBe(true);
        await allow('first.test', 'third.test');
        expect(await reaches('work', 'http://third.test/')).toBe(true);
        await allow('first.test', 'third.test');
        await untilSpare();
        const next = await spareUid();
        expect(await inProxyvmLine(`cat /proc/${await pidOf(next)}/comm`)).toBe(
            'proxy',
        );
    });
});

test('it ends with the last client', async () => {
    const pid = await pidOf(await spareUid());
    await stop();
    expect(await inProxyvm(`ls /proc/${pid} 2>/dev/null`)).toBe('');
    expect(await connects('work', '10.137.0.4')).toBe(false);
});
