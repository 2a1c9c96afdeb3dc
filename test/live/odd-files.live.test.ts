// Files of the agent that somebody made something else of: they keep nothing
// open.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apply, callAgent, clientOf, document, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { issuedNow } from './issued.ts';
import { inProxyvm } from './proxyvm.ts';

const ours = '/run/qubes-filterproxy';
const saved = '/run/resolv.conf';

beforeAll(async () => {
    await bed.up();
    await stop();
    await inProxyvm(`cp /etc/resolv.conf ${saved}`);
});

afterAll(async () => {
    await stop();
});

beforeEach(async () => {
    await inProxyvm(
        `rm -rf ${ours}/issued.json /etc/resolv.conf; cp ${saved} /etc/resolv.conf`,
    );
    await apply([
        await clientOf('work', { hosts: ['a.test'] }),
        await clientOf('banking', { hosts: ['b.test'] }),
    ]);
});

const odd = [
    ...['issued', 'table', 'tenures', 'input-rule-ip', 'input-rule-ip6'].map(
        (name) => `${ours}/${name}.json`,
    ),
    '/etc/resolv.conf',
].map((file) => [file, `rm -f ${file}; mkdir -p ${file}/in-it`]);
odd.push(
    [`an empty ${ours}/issued.json`, `: >${ours}/issued.json`],
    [`nonsense in ${ours}/issued.json`, `echo x >${ours}/issued.json`],
);

async function nothingIsLeft(): Promise<void> {
    expect(await inProxyvm('pgrep -x tinyproxy')).toBe('');
    const tables = await inProxyvm('nft list tables');
    expect(tables).not.toContain('filterproxy');
}

test.each(odd)('%s keeps no stop from closing', async (_, make) => {
    await inProxyvm(make);
    const request = JSON.stringify({ version: 1, issued: issuedNow() });
    const { answer } = await callAgent('stop', request);
    expect(answer.error).toBe(null);
    await nothingIsLeft();
});

test.each(odd)('%s keeps the package from no end', async (_, make) => {
    await inProxyvm(make);
    await inProxyvm('/usr/lib/qubes/filterproxy/filterproxy-agent stop');
    await nothingIsLeft();
});

test.each(odd)(
    '%s keeps no client open that is to be closed',
    async (_, make) => {
        await inProxyvm(make);
        const work = await clientOf('work', { hosts: ['a.test'] });
        const { answer } = await callAgent('apply', document([work]));
        expect(answer.error).toBe(null);
        expect(await reaches('banking', 'http://b.test/')).toBe(false);
    },
);

test.each(odd.slice(-2))('with %s nothing is opened', async (_, make) => {
    await inProxyvm(make);
    const wider = await clientOf('work', { hosts: ['a.test', 'c.test'] });
    const { answer } = await callAgent('apply', document([wider]));
    expect(answer.error?.message).toContain(`${ours}/issued.json`);
    expect(await reaches('work', 'http://a.test/')).toBe(true);
    expect(await reaches('work', 'http://c.test/')).toBe(false);
    expect(await reaches('banking', 'http://b.test/')).toBe(false);
});
