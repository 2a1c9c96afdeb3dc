// A tinyproxy that was taken over, and that listens where another one should.
import { beforeAll, expect, test } from 'vitest';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm } from './proxyvm.ts';

const [ofWork, ofBanking] = [60_706, 60_707];
const portOfWork = 8101;

beforeAll(async () => {
    await bed.up();
    await stop();
});

/** Listens with that user id, outside of a unit, until it is killed. */
async function listenAs(uid: number, port: number): Promise<void> {
    const program = `import socket, time
taken = [socket.socket(family) for family in (socket.AF_INET, socket.AF_INET6)]
taken[1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
for each, host in zip(taken, ("0.0.0.0", "::")):
    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    each.bind((host, ${port}))
    each.listen()
time.sleep(60)`;
    await bed.must(
        [
            ...['qube', 'sys-filter', 'sh', '-c'],
            'cat >/tmp/impostor.py; systemd-run --quiet --unit=impostor ' +
                `setpriv --reuid ${uid} --regid ${uid} --clear-groups ` +
                'python3 /tmp/impostor.py; sleep 0.5',
        ],
        { input: program },
    );
}

const uids = async () =>
    (await inProxyvm('ps -C tinyproxy -o uid= | sort')).split('\n');

test('who listens for another is given no client, and both are replaced', async () => {
    const clients = [
        await clientOf('work', { hosts: ['a.test'] }),
        await clientOf('banking', { hosts: ['b.test'] }),
    ];
    await apply(clients);
    expect(await uids()).toEqual([`${ofWork}`, `${ofBanking}`, '']);
    const unit = `qubes-filterproxy@${ofWork}`;
    await inProxyvm(`systemctl stop ${unit}`);
    await listenAs(ofBanking, portOfWork);
    try {
        // As systemd restarts it, again and again.
        await inProxyvm(`systemctl start --no-block ${unit}; sleep 0.5`);
        await apply(clients);
        const now = await uids();
        expect(now).not.toContain(`${ofWork}`);
        expect(now).not.toContain(`${ofBanking}`);
        expect(await reaches('work', 'http://a.test/')).toBe(true);
        expect(await reaches('banking', 'http://b.test/')).toBe(true);
    } finally {
        await inProxyvm('systemctl stop impostor; rm /tmp/impostor.py');
    }
});
