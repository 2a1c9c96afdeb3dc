// The firewall rules of the ProxyVM's user, beside ours.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressesWith, apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { answering } from './fetch.ts';
import { endListeners, listenInProxyvm } from './listeners.ts';
import { inProxyvm } from './proxyvm.ts';

beforeAll(async () => {
    await bed.up();
    await stop();
});

afterAll(async () => {
    await stop();
});

describe("the user's own redirects", () => {
    beforeAll(async () => {
        await apply([
            await clientOf('work', { hosts: ['allowed.test'] }),
            await clientOf('banking', { hosts: ['bank.test'] }),
        ]);
        await listenInProxyvm([8300, 9000]);
    });

    afterAll(async () => {
        await inProxyvm('nft delete table inet testbed-user');
        await endListeners();
    });

    /** Of vifs and the uplink alike, before ours: else ours would win. */
    async function redirect(ports: readonly number[], to: number) {
        await inProxyvm(
            `nft 'add table inet testbed-user; delete table inet testbed-user;
            table inet testbed-user { chain prerouting {
                type nat hook prerouting priority dstnat - 5;
                tcp dport { ${ports.join()} } redirect to :${to}; }; }'`,
        );
    }

    test.each([
        ['in the range of the proxies', [7000, 8100], 8300],
        ['elsewhere', [7000, 8100], 9000],
        ["at another client's proxy", [7000, 8100], 8102],
        ["at the client's own proxy", [7000], 8101],
    ])('stay closed that end %s', async (_, ports, to) => {
        await redirect(ports, to);
        const answers = ['work', 'sys-firewall'].map((qube) =>
            answering(qube, addressesWith(ports)),
        );
        expect(await Promise.all(answers)).toEqual([[], []]);
    });

    test('are open where he opens them himself', async () => {
        await redirect([7000], 8300);
        const chains = ['ip', 'ip6'].map(
            (family) => `${family} qubes custom-input`,
        );
        for (const chain of chains) {
            await inProxyvm(`nft add rule ${chain} tcp dport 8300 accept`);
        }
        const opened = addressesWith([7000]);
        expect(await answering('work', opened)).toEqual(opened);
        for (const chain of chains) {
            await inProxyvm(`nft flush chain ${chain}`);
        }
    });
});

describe('our rule in custom-input of both families', () => {
    const chains = ['ip', 'ip6'].map(
        (family) => `${family} qubes custom-input`,
    );
    const ours = /^.*comment "qubes-filterproxy" # handle \d+\n/gm;

    async function asUser(rule: string): Promise<void> {
        for (const chain of chains) {
            await inProxyvm(`nft ${rule.replace('CHAIN', chain)}`);
        }
    }

    /** The rules of each, with their handles. */
    async function rules(): Promise<string[]> {
        const lists = chains.map((chain) =>
            inProxyvm(`nft --handle list chain ${chain} | grep '# handle'`),
        );
        return (await Promise.all(lists)).map((list) =>
            list.replace(/^.*\bchain .*\n/gm, ''),
        );
    }

    function withoutOurs(lists: readonly string[]): string[] {
        return lists.map((list) => list.replace(ours, ''));
    }

    function expectOursFirst(lists: readonly string[]): void {
        for (const list of lists) {
            expect(list.match(ours)).toHaveLength(1);
            expect(list.search(ours)).toBe(0);
        }
    }

    beforeAll(async () => {
        await stop();
        await asUser('add rule CHAIN tcp dport 7777 counter accept');
        await asUser('add rule CHAIN udp dport 7 drop comment \\"of mine\\"');
    });

    afterAll(async () => {
        await asUser('flush chain CHAIN');
    });

    test("stands at its head, once, after 20 applies; the user's are as they were", async () => {
        const before = await rules();
        for (const list of before) {
            expect(list).toContain('7777');
            expect(list).toContain('of mine');
        }
        const work = await clientOf('work', { hosts: ['allowed.test'] });
        const banking = await clientOf('banking', { hosts: ['bank.test'] });
        for (let turn = 0; turn < 20; turn += 1) {
            await apply(turn % 5 === 0 ? [work, banking] : [work]);
        }
        const during = await rules();
        expectOursFirst(during);
        expect(withoutOurs(during)).toEqual(before);
    });

    test('goes back to its head when the user puts one before it', async () => {
        await asUser('insert rule CHAIN tcp dport 7779 accept');
        const before = await rules();
        expect(before[0]?.search(ours)).toBeGreaterThan(0);
        await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
        const during = await rules();
        expectOursFirst(during);
        expect(withoutOurs(during)).toEqual(withoutOurs(before));
    });

    test.each([
        ['dom0 stops it', () => stop()],
        [
            'the package is removed',
            () =>
                inProxyvm('/usr/lib/qubes/filterproxy/filterproxy-agent stop'),
        ],
    ])("goes when %s; the user's are as they were", async (_, end) => {
        await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
        const during = await rules();
        expectOursFirst(during);
        await end();
        expect(await rules()).toEqual(withoutOurs(during));
        expect(await inProxyvm('nft list ruleset')).not.toContain(
            'qubes-filterproxy',
        );
    });
});
