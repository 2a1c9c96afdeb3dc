// An address says nothing of where it is: one of the Internet's may be that of
// another client of the same ProxyVM.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, clientOf, gateway, gateway6, stop } from './agent.ts';
import { bed } from './bed.ts';
import { fetchAll, fetchThrough, reaches } from './fetch.ts';
import { untilAttached } from './network.ts';
import { inProxyvm } from './proxyvm.ts';

describe('a client with a public address', () => {
    const address = '93.184.77.7';
    const address6 = '2a00:1450:4001::77';

    async function inBanking(script: string): Promise<string> {
        return (await bed.qube('banking', 'sh', '-c', script)).stdout;
    }

    async function restartBanking(): Promise<void> {
        await bed.stop('banking');
        await bed.start('banking');
        await untilAttached('banking');
    }

    beforeAll(async () => {
        await bed.up();
        await stop();
        await bed.dom0('qvm-features', 'banking', 'ipv6', '1');
        await bed.dom0('qvm-prefs', 'banking', 'ip', address);
        await bed.dom0('qvm-prefs', 'banking', 'ip6', address6);
        await restartBanking();
        await bed.dns('inside0.test', address);
        await bed.dns('inside1.test', address6);
        await bed.dns('inside2.test', `::ffff:${address}`);
        const hosts = ['inside0.test', 'inside1.test', 'inside2.test'];
        await apply([
            await clientOf('work', { hosts }),
            await clientOf('banking', { hosts: ['bank.test'] }),
        ]);
    });

    afterAll(async () => {
        await bed.dom0('qvm-prefs', '--default', 'banking', 'ip');
        await bed.dom0('qvm-prefs', '--default', 'banking', 'ip6');
        await bed.dom0('qvm-features', 'banking', 'ipv6', '');
        await stop();
        await restartBanking();
    });

    test.each([
        [address, gateway],
        [address6, gateway6],
    ])('has its door to itself at %s', async (own, proxy) => {
        const { status } = await fetchThrough(
            'banking',
            'http://bank.test/',
            proxy,
        );
        expect(status).toBe(200);
        const inWork = (script: string) =>
            bed.must(['qube', 'work', 'sh', '-c', script]);
        // A qube's own rules masquerade; a hostile qube has none.
        await inWork(
            'nft flush chain ip qubes postrouting;' +
                ' nft flush chain ip6 qubes postrouting;' +
                ` ip address add ${own} dev eth0`,
        );
        const family = own === address ? 'ip' : 'ip6';
        const antispoof = `nft list chain ${family} qubes antispoof`;
        const before = await inProxyvm(antispoof);
        const spoofed = ['--interface', own, '--max-time', '2'];
        const url = 'http://bank.test/';
        const fetched = await fetchThrough('work', url, proxy, ...spoofed);
        await inWork(`ip address del ${own} dev eth0`);
        expect(fetched).toMatchObject({ status: 0, exitCode: 28 });
        // It came that far.
        expect(await inProxyvm(antispoof)).not.toBe(before);
    });

    test("is not reached by a name that is allowed, through another's proxy", async () => {
        expect(await reaches('banking', 'http://bank.test/')).toBe(true);
        const arrivals = (await bed.arrived()).length;
        const count = 'tcp dport { 80, 443 } counter';
        await inBanking(
            'nft "add table inet seen; add chain inet seen arrivals' +
                ' { type filter hook prerouting priority raw; };' +
                ` add rule inet seen arrivals ${count}"`,
        );
        const seen = () => inBanking('nft list table inet seen');
        const urls = [0, 1, 2].flatMap((index) => [
            `http://inside${index}.test/`,
            `https://inside${index}.test/`,
        ]);
        for (const fetched of await fetchAll('work', urls)) {
            expect(fetched).toMatchObject({ status: 500 });
            expect(fetched.seconds, fetched.url).toBeLessThan(2);
        }
        expect(await seen()).toContain('counter packets 0 ');
        await inProxyvm(`curl --silent --max-time 1 http://${address}/`);
        expect(await seen()).not.toContain('counter packets 0 ');
        expect((await bed.arrived()).slice(arrivals)).toEqual([]);
    });
});
