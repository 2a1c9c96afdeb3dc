// Rules that end by themselves, from the command to the packet.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import {
    daemonDown,
    daemonUp,
    leftToDo,
    startDaemon,
    stopDaemon,
    untilReached,
} from './daemon.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { filterproxy } from './filterproxy.ts';
import { until } from './until.ts';

beforeAll(daemonUp);
afterAll(daemonDown);

async function allow(qube: string, ...words: string[]): Promise<string> {
    const allowed = await filterproxy('allow', qube, ...words);
    expect([allowed.exitCode, allowed.stderr]).toEqual([0, '']);
    return allowed.stdout;
}

function isClosed(host: string): () => Promise<boolean> {
    return async () => !(await reaches('work', `https://${host}/`));
}

test('a rule with a time goes without dom0, and no other client notices', async () => {
    await allow('banking', 'slow.test');
    await stopDaemon();
    expect(await allow('work', 'a.test', '--expire', '+6')).toContain(
        'added, expires in ',
    );
    const told = performance.now();
    const download = fetchThrough(
        'banking',
        'https://slow.test/bytes?n=30000&seconds=6',
    );
    expect(await reaches('work', 'https://a.test/')).toBe(true);
    await until(isClosed('a.test'), 8);
    expect(performance.now() - told).toBeGreaterThan(2000);
    const { status, body } = await download;
    expect([status, body.length]).toEqual([200, 30_000]);
    const { stdout } = await filterproxy('list', 'work');
    expect(stdout).toMatch(/\[expired /);
});

test('the daemon tells it on time, too, and after that nothing is left to do', async () => {
    await startDaemon();
    await allow('work', 'b.test');
    await allow('work', 'c.test', '--expire', '+6');
    await untilReached({ work: 'b.test c.test' });
    await untilReached({ work: 'b.test' });
    await until(async () => (await leftToDo()).length === 0, 5);
});

test('a rule until shutdown does not hold in the next run of its qube', async () => {
    await allow('work', 'a.test', '--until-shutdown');
    await untilReached({ work: 'a.test b.test' });
    await bed.stop('work');
    await bed.start('work');
    await untilReached({ work: 'b.test' });
    expect((await filterproxy('list', 'work')).stdout).toMatch(
        /\[ended when it shut down\]/,
    );
});
