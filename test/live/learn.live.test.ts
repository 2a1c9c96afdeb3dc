// Learning, from the command to the packet: it opens, and it ends on time with
// everything dead that could end it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { daemonDown, daemonUp, startDaemon, stopDaemon } from './daemon.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { config, filterproxy } from './filterproxy.ts';
import { inProxyvm } from './proxyvm.ts';
import { until } from './until.ts';

const agent = '/usr/lib/qubes/filterproxy/filterproxy-agent';

beforeAll(daemonUp);
afterAll(async () => {
    // Also where a test ended before it did.
    await inProxyvm(`chmod +x ${agent}`);
    await daemonDown();
});

async function run(...words: string[]): Promise<string> {
    const { exitCode, stderr, stdout } = await filterproxy(...words);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout;
}

/** A minute is the least that can be typed; so much of it is over at once. */
async function shorten(seconds: number): Promise<void> {
    const file = `${config}/learning.json`;
    const script =
        'const fs = require("fs"); const file = process.argv[1];' +
        'const all = JSON.parse(fs.readFileSync(file));' +
        `for (const each of all.qubes) { each.until -= ${seconds};` +
        `each.untilMs -= ${seconds * 1000}; }` +
        'fs.writeFileSync(file, JSON.stringify(all));';
    await bed.must(['dom0', 'node', '--eval', script, file]);
}

test('every host is let through, and no open connection is lost by that', async () => {
    await run('allow', 'work', 'slow.test');
    const download = fetchThrough(
        'work',
        'https://slow.test/bytes?n=30000&seconds=4',
    );
    expect(await reaches('work', 'https://learned.test/')).toBe(false);
    expect(await run('learn', 'work', '--for', '1m')).toContain(
        'every host is let through',
    );
    expect(await reaches('work', 'https://learned.test/')).toBe(true);
    expect(await reaches('work', 'http://anlearned.test/')).toBe(true);
    expect(await run('show')).toContain('work: served, 1 rule');
    expect(await run('show')).toContain('learns until ');
    const { status, body } = await download;
    expect([status, body.length]).toEqual([200, 30_000]);
});

test('ports, addresses and names without a dot stay closed', async () => {
    for (const url of [
        'https://learned.test:22/',
        'https://127.0.0.1/',
        'http://10.137.0.2/',
        'http://localhost/',
        'http://learned.test.:80/',
    ]) {
        expect([url, await reaches('work', url)]).toEqual([url, false]);
    }
});

test('with the daemon and the agent dead it ends on time, closed, and all that is open with it', async () => {
    await stopDaemon();
    await run('learn', 'work', '--for', '1m');
    await shorten(54);
    await run('update');
    const told = performance.now();
    await inProxyvm(`chmod -x ${agent}`);
    const open = await fetchThrough(
        'work',
        'https://learned.test/bytes?n=30000&seconds=9',
    );
    expect(open.exitCode).not.toBe(0);
    expect(performance.now() - told).toBeLessThan(8000);
    for (const host of ['learned.test', 'slow.test']) {
        expect(await reaches('work', `https://${host}/`)).toBe(false);
    }
    await inProxyvm(`chmod +x ${agent}`);
    await until(() => reaches('work', 'https://slow.test/'), 15);
    const { connectStatus } = await fetchThrough(
        'work',
        'https://learned.test/',
    );
    expect(connectStatus).toBe(403);
    expect(await run('list', 'work')).not.toContain('learns');
});

test('a qube without rules is served for that time and no longer', async () => {
    await startDaemon();
    expect(await reaches('banking', 'https://learned.test/')).toBe(false);
    await run('learn', 'banking', '--for', '1m');
    expect(await reaches('banking', 'https://learned.test/')).toBe(true);
    await run('learn', 'banking', '--stop');
    expect(await reaches('banking', 'https://learned.test/')).toBe(false);
});
