// qubes-filterproxyd as a service: what it may, and what it costs at rest.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import {
    daemonDown,
    daemonUp,
    saveRules,
    unitProperty,
    untilReached,
} from './daemon.ts';

beforeAll(daemonUp);
afterAll(daemonDown);

async function inDom0(...command: string[]): Promise<string> {
    return (await bed.dom0(...command)).stdout;
}

test('it is exposed to little, in the words of systemd', async () => {
    const analysis = await inDom0(
        'systemd-analyze',
        'security',
        'qubes-filterproxyd',
    );
    const level = /Overall exposure level .*: ([0-9.]+)/.exec(analysis);
    console.log(level?.[0]);
    expect(Number(level?.[1])).toBeLessThan(2);
});

test('the journal has its name, and no complaint of Node.js but the known one', async () => {
    const script =
        'journalctl --sync; journalctl --no-pager --unit=qubes-filterproxyd';
    const said = await inDom0('sh', '-c', script);
    expect(said).toMatch(/ qubes-filterproxyd\[\d+\]: /);
    expect(said).not.toContain(' node[');
    const known = 'Warning: disabling flag --expose_wasm due to';
    expect(said.replaceAll(known, '')).not.toMatch(/Warning|bad option/);
});

test('at rest it sleeps, in 12 MB more than Node.js itself', async () => {
    await saveRules('work', '^a\\.test$');
    await untilReached({ work: 'a.test' });
    const pid = await unitProperty('MainPID');
    const switches = async () => {
        const files = `cat /proc/${pid}/task/*/status`;
        const text = await inDom0('sh', '-c', files);
        const counts = text.matchAll(/ctxt_switches:\s+(\d+)/g);
        return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    await expect
        .poll(
            async () => {
                const before = await switches();
                await bed.dom0('sleep', '3');
                return (await switches()) - before;
            },
            { timeout: 30_000, interval: 1 },
        )
        .toBe(0);
    const status = await inDom0('cat', `/proc/${pid}/status`);
    const bare = await inDom0(
        ...['node', '--no-warnings', '--jitless', '--eval'],
        "console.log(require('fs').readFileSync('/proc/self/status', 'utf8'))",
    );
    const ours = residentOf(status);
    const nodes = residentOf(bare);
    console.log(
        `resident: ${ours.toFixed(1)} MB, Node.js: ${nodes.toFixed(1)}`,
    );
    expect(ours - nodes).toBeLessThan(12);
});

/** Of what /proc says of a process, in MB. */
function residentOf(status: string): number {
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
