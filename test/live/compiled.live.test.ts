// What V8 made of the agent's text is kept, and nothing depends on it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, callAgent, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { inProxyvm } from './proxyvm.ts';

const file = '/run/qubes-filterproxy/agent.v8';

beforeAll(async () => {
    await bed.up();
    await stop();
});

afterAll(async () => {
    await stop();
});

async function applyOnce(): Promise<void> {
    await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
}

/** Its inode, which is another one when it was written anew. */
function inode(): Promise<string> {
    return inProxyvm(`stat -c %i ${file}`);
}

test('it is kept by an apply that succeeds, for root alone', async () => {
    await inProxyvm(`rm -f ${file}`);
    await callAgent('status', '');
    await callAgent('apply', 'no document');
    expect(await inode()).toBe('');
    await applyOnce();
    expect(await inProxyvm(`stat -c '%U %G %a' ${file}`)).toBe(
        'root root 640\n',
    );
    const before = await inode();
    await applyOnce();
    expect(await inode()).toBe(before);
});

test.each([
    ['empty', `: >${file}`],
    ['of another text', `sed -i '1s/ / 1/' ${file}`],
    [
        'cut off in its name',
        `head -c 20 ${file} >/run/half; mv /run/half ${file}`,
    ],
    ['cut off', `head -c 9000 ${file} >/run/half; mv /run/half ${file}`],
    ['of another V8', `LC_ALL=C sed -i '2s/^......../--------/' ${file}`],
])('one that is %s is made anew', async (_, damage) => {
    await applyOnce();
    await inProxyvm(damage);
    const before = await inode();
    await applyOnce();
    expect(await inode()).not.toBe(before);
    const after = await inode();
    await applyOnce();
    expect(await inode()).toBe(after);
});

test('where it cannot be kept calls are answered all the same', async () => {
    // What is mounted nobody removes to make place.
    await inProxyvm(
        `rm -f ${file}; mkdir ${file}.new; mount -t tmpfs none ${file}.new`,
    );
    await applyOnce();
    expect(await inode()).toBe('');
    await inProxyvm(`umount ${file}.new; rmdir ${file}.new`);
    await applyOnce();
    expect(await inode()).not.toBe('');
});
