// What README shows as typed in dom0 is typed there, and prints just that.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { daemonDown, daemonUp } from './daemon.ts';

const readme = readFileSync(
    new URL('../../README.md', import.meta.url),
    'utf8',
);
const prompt = '[user@dom0 ~]$ ';

/** Each command of the console blocks, with what stands below it. */
const shown = [...readme.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(
    ([, block = '']) =>
        block
            .split(/^(?=\[user@dom0 ~\]\$ )/m)
            .map((part) => part.slice(prompt.length).split(/\n(.*)/s))
            .map(([command = '', output = '']) => ({ command, output })),
);

beforeAll(async () => {
    await bed.run(['down']);
    await daemonUp();
}, 600_000);

afterAll(async () => {
    await bed.dom0('qvm-filterproxy', 'client', 'work', '--remove');
    await daemonDown();
});

test('README shows a session', () => {
    expect(shown.length).toBeGreaterThan(4);
});

test.each(shown)('$command', async ({ command, output }) => {
    const { stdout, stderr } = await bed.dom0('sh', '-c', command);
    expect(anyVersion(`${stdout}${stderr}`)).toBe(anyVersion(output));
});

/** Whichever tinyproxy this machine's Debian has, and whenever it is. */
function anyVersion(text: string): string {
    return text
        .replace(/tinyproxy [0-9.]+/g, 'tinyproxy VERSION')
        .replace(/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}/g, 'TIME');
}
