// An address is not a name: whoever has it next gets nothing of what was
// there, also when dom0 says nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, clientOf, gateway, stop } from './agent.ts';
import { bed } from './bed.ts';
import { connects, fetchThrough, reaches } from './fetch.ts';
import { prefs } from './network.ts';

const hosts = ['old.test'];
const heir = 'heir';

async function serve(qube: string): Promise<void> {
    await apply([await clientOf(qube, { hosts })]);
    expect(await reaches(qube, 'https://old.test/')).toBe(true);
}

/** A download that takes longer than any of these tests. */
function download(qube: string) {
    const url = 'https://old.test/bytes?n=60000&seconds=60';
    const options = ['--max-time', '70', '--speed-time', '3'];
    return fetchThrough(qube, url, gateway, ...options);
}

async function established(): Promise<string> {
    const list = ['ss', '-Htn', 'state', 'established'];
    const port = '( sport >= :8101 and sport <= :8578 )';
    return (await bed.qube('sys-filter', ...list, port)).stdout;
}

beforeAll(async () => {
    await bed.up();
    await stop();
    await bed.create('first', '--netvm', 'sys-filter');
    await bed.start('first');
});

afterAll(async () => {
    await stop();
    for (const qube of ['first', heir]) {
        await bed.run(['kill', qube]);
        await bed.run(['remove', qube]);
    }
});

describe('without a word from dom0', () => {
    test('the next qube with the address of one that is gone gets nothing of it', async () => {
        await serve('first');
        const address = await prefs('first', 'ip');
        const running = download('first');
        await expect
            .poll(established, { timeout: 10_000 })
            .toContain(`${address}:`);
        await bed.kill('first');
        await bed.create(heir, '--netvm', 'sys-filter');
        await bed.dom0('qvm-prefs', heir, 'ip', address);
        await bed.start(heir);
        expect(await connects(heir, gateway)).toBe(false);
        const received = await bed.qube(
            heir,
            'cat',
            '/sys/class/net/eth0/statistics/rx_bytes',
        );
        await running;
        const later = await bed.qube(
            heir,
            'cat',
            '/sys/class/net/eth0/statistics/rx_bytes',
        );
        // Nothing of the download comes in, for as long as it would go on.
        expect(Number(later.stdout) - Number(received.stdout)).toBeLessThan(
            3000,
        );
    });

    test('it is served when dom0 says so, by its own rules', async () => {
        await apply([await clientOf(heir, { hosts: ['new.test'] })]);
        expect(await reaches(heir, 'https://new.test/')).toBe(true);
        expect(await reaches(heir, 'https://old.test/')).toBe(false);
    });
});

describe('an address that is changed while its qube runs', () => {
    test('is served at its next attach, and until then the one that it has', async () => {
        await serve(heir);
        await bed.dom0('qvm-prefs', heir, 'ip', '10.99.3.7');
        const { report } = await apply([await clientOf(heir, { hosts })]);
        expect(report?.steps).toEqual([]);
        expect(await reaches(heir, 'https://old.test/')).toBe(true);
        await bed.dom0('qvm-prefs', heir, 'netvm', 'none');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'sys-filter');
        await apply([await clientOf(heir, { hosts })]);
        expect(await reaches(heir, 'https://old.test/')).toBe(true);
    });

    test('is closed to both while another qube has it, too', async () => {
        await bed.dom0('qvm-prefs', heir, 'ip', '10.137.0.5');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'none');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'sys-filter');
        await apply([await clientOf('work', { hosts })]);
        for (const qube of ['work', heir]) {
            expect(await connects(qube, gateway)).toBe(false);
        }
        await bed.dom0('qvm-prefs', heir, 'ip', '10.99.3.7');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'none');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'sys-filter');
        // Qubes took the address from both.
        const downstream = 'add element ip qubes downstream { 10.137.0.5 }';
        await bed.must(['qube', 'sys-filter', 'nft', downstream]);
        await apply([await clientOf('work', { hosts })]);
        expect(await reaches('work', 'https://old.test/')).toBe(true);
        await serve(heir);
    });
});

describe('an interface that is gone', () => {
    const left = (verb: 'add' | 'delete') =>
        bed.must([
            'qube',
            'sys-filter',
            'nft',
            `${verb} element ip qubes allowed { "vif9999.0" . 10.137.0.5 }`,
        ]);

    test('has no address, though Qubes has left it there', async () => {
        await left('add');
        await serve('work');
        await left('delete');
    });
});

describe('a client that moved to another ProxyVM', () => {
    test('has lost its door and what was open the moment its vif went', async () => {
        await serve(heir);
        const running = download(heir);
        await expect
            .poll(established, { timeout: 10_000 })
            .toContain('10.99.3.7:');
        await bed.dom0('qvm-prefs', heir, 'netvm', 'sys-filter2');
        const { exitCode, seconds } = await running;
        expect(exitCode).not.toBe(0);
        expect(seconds).toBeLessThan(15);
        expect(await connects(heir, gateway)).toBe(false);
    });
});
