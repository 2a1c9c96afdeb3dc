// What else happens to a ProxyVM's network while clients are served: their
// doors stay right, and no other opens.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    addressesWith,
    apply,
    clientOf,
    gateway,
    gateway6,
    stop,
} from './agent.ts';
import { bed } from './bed.ts';
import { answering, fetchThrough } from './fetch.ts';
import { endListeners, listenInProxyvm } from './listeners.ts';
import { untilAttached } from './network.ts';
import { inProxyvm } from './proxyvm.ts';

const userScript = '/rw/config/qubes-firewall-user-script';
const setup = readFileSync(
    new URL('../testbed/xen/network-proxy-setup', import.meta.url),
);

let clients: Awaited<ReturnType<typeof clientOf>>[];

beforeAll(async () => {
    await bed.up();
    await stop();
    clients = [
        await clientOf('work', { hosts: ['allowed.test'] }),
        await clientOf('banking', { hosts: ['bank.test'] }),
    ];
    await listenInProxyvm([7777, 8082, 8300]);
    // As users do: before what is there, and after it.
    await bed.must(['qube', 'sys-filter', 'sh', '-c', `cat >${userScript}`], {
        input:
            'nft insert rule ip qubes custom-input tcp dport 7 counter\n' +
            'nft add rule ip qubes custom-input udp dport 7 counter\n' +
            'nft add rule ip6 qubes custom-input tcp dport 7 counter\n',
    });
    await runUserScript();
    await apply(clients);
});

afterAll(async () => {
    await endListeners();
    await inProxyvm(
        `rm ${userScript}; for family in ip ip6; do` +
            ' nft flush chain $family qubes custom-input; done',
    );
    await stop();
});

function runUserScript(): Promise<string> {
    return inProxyvm(`sh ${userScript}`);
}

async function statusOf(qube: string, host: string, proxy: string) {
    return (await fetchThrough(qube, `http://${host}/`, proxy)).status;
}

/** Each client has what its rules say, and nobody anything else. */
async function expectRightDoors(): Promise<void> {
    for (const proxy of [gateway, gateway6]) {
        expect(await statusOf('work', 'allowed.test', proxy)).toBe(200);
        expect(await statusOf('work', 'bank.test', proxy)).toBe(403);
    }
    expect(await statusOf('banking', 'bank.test', gateway)).toBe(200);
    expect(await statusOf('banking', 'allowed.test', gateway)).toBe(403);
    await expectNothingElse();
}

async function expectNothingElse(): Promise<void> {
    const ports = [7, 7777, 8082, 8101, 8102, 8103, 8104, 8300];
    const answers = [
        answering('work', addressesWith(ports)),
        answering('banking', addressesWith(ports)),
        answering('sys-firewall', addressesWith([...ports, 8100])),
    ];
    expect(await Promise.all(answers)).toEqual([[], [], []]);
}

/** Applies again: our rule is first and single, and the doors are right. */
async function expectRightAfterApply(): Promise<void> {
    await apply(clients);
    for (const family of ['ip', 'ip6']) {
        const list = await inProxyvm(
            `nft list chain ${family} qubes custom-input | sed 1,2d`,
        );
        expect(list.match(/qubes-filterproxy/g)).toHaveLength(1);
        expect(list.split('\n')[0]).toContain('qubes-filterproxy');
    }
    expect((await apply(clients)).report?.steps).toEqual([]);
    await expectRightDoors();
}

async function restartQubesFirewall(): Promise<void> {
    const tables = await inProxyvm(
        'nft list table ip qubes-firewall; nft list table ip6 qubes-firewall',
    );
    await inProxyvm(
        'nft delete table ip qubes-firewall; nft delete table ip6 qubes-firewall',
    );
    await bed.must(['qube', 'sys-filter', 'nft', '-f', '-'], { input: tables });
    await runUserScript();
}

async function changeUplink(netvm: string): Promise<void> {
    await bed.dom0('qvm-prefs', 'sys-filter', 'netvm', netvm);
    const resolvers = ['10.139.1.1', '10.139.1.2'];
    await bed.must(['qube', 'sys-filter', 'sh', '-s', ...resolvers, 'yes'], {
        input: setup,
    });
}

test('the doors are right before anything happens', expectRightDoors);

describe.each<[string, () => Promise<unknown>]>([
    ['qubes-firewall was restarted', restartQubesFirewall],
    [
        "the user's scripts ran again, twice",
        async () => {
            await runUserScript();
            await runUserScript();
        },
    ],
    [
        "a client's interface went and came back",
        async () => {
            await bed.dom0('qvm-prefs', 'work', 'netvm', '');
            expect(await answering('work', [gateway, gateway6])).toEqual([]);
            await expectNothingElse();
            await bed.dom0('qvm-prefs', 'work', 'netvm', 'sys-filter');
            await untilAttached('work');
        },
    ],
    ['the uplink changed', () => changeUplink('sys-net')],
    ['it changed back', () => changeUplink('sys-firewall')],
    [
        'resolv.conf was rewritten',
        () =>
            inProxyvm(
                'printf "nameserver 10.139.1.2\\nnameserver 10.139.1.1\\n"' +
                    ' >/etc/resolv.conf',
            ),
    ],
])('when %s', (_, happen) => {
    test('the doors stay right, without dom0', async () => {
        await happen();
        await expectRightDoors();
    });

    test('an apply leaves them so, with our rule first again', async () => {
        await expectRightAfterApply();
    });
});

describe('when the user types nft flush ruleset', () => {
    test('all of ours is closed until the next apply, and right then', async () => {
        const tables = await inProxyvm(
            'for table in "ip qubes" "ip6 qubes" "ip qubes-firewall"' +
                ' "ip6 qubes-firewall"; do nft list table $table; done |' +
                ' grep -v qubes-filterproxy',
        );
        await endListeners();
        await inProxyvm('nft flush ruleset');
        expect(await answering('work', [gateway, gateway6])).toEqual([]);
        await inProxyvm('while pgrep -x tinyproxy; do sleep 0.05; done');
        const everyPort = addressesWith([8100, 8101, 8102]);
        expect(await answering('work', everyPort)).toEqual([]);
        expect(await answering('sys-firewall', everyPort)).toEqual([]);
        await bed.must(['qube', 'sys-filter', 'nft', '-f', '-'], {
            input: tables,
        });
        await expectNothingElse();
        await expectRightAfterApply();
    });
});
