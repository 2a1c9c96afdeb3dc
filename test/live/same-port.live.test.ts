// Connection tracking keeps what was reset for ten seconds, with the port it
// led to: who comes from the same source port by then is not led there.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, clientOf, stop, sysFilter } from './agent.ts';
import { bed } from './bed.ts';
import { inProxyvm, portOfClient } from './proxyvm.ts';

const client = '10.137.0.5';
const program = readFileSync(new URL('same-port.py', import.meta.url), 'utf8');

/** The program in `work`; each call of `next` lets it go on to its next word. */
function startClient() {
    const args = ['python3', '-c', program, client, sysFilter];
    const process = bed.spawn(['qube', 'work', ...args]);
    const lines = createInterface({ input: process.stdout });
    const said = () => once(lines, 'line').then(([line]) => String(line));
    return {
        first: said(),
        next: () => {
            const word = said();
            process.stdin.write('\n');
            return word;
        },
    };
}

beforeAll(async () => {
    await bed.up();
    await stop();
});

afterAll(() => stop());

test('a new connection from the source port of one that was reset is served', async () => {
    const hosts = ['allowed.test', 'removed.test'];
    await apply([await clientOf('work', { hosts })]);
    const port = await portOfClient(client);
    const pid = (
        await inProxyvm(
            `ss -Hltnp "sport = :${port}" | grep -om1 'pid=[0-9]*' | cut -c5-`,
        )
    ).trim();
    await inProxyvm(`kill -STOP ${pid}`);
    const { first, next } = startClient();
    expect(await first).toBe('sent');
    await inProxyvm(`kill -KILL ${pid}`);
    expect(await next()).toBe('late');
    await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
    expect(await portOfClient(client)).not.toBe(port);
    expect(await next()).toBe('200');
});
