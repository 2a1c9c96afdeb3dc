// What a qube asks for while it learns, and the rules that are made of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { daemonDown, daemonUp, now, untilSaid } from './daemon.ts';
import { fetchThrough, reaches } from './fetch.ts';
import { filterproxy } from './filterproxy.ts';

beforeAll(daemonUp);
afterAll(daemonDown);

async function run(...words: string[]): Promise<string> {
    const { exitCode, stderr, stdout } = await filterproxy(...words);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout;
}

interface Suggested {
    readonly suggestions: readonly {
        readonly pattern: string;
        readonly count: number;
    }[];
    readonly leftOut: readonly { readonly host: string }[];
}

async function suggested(): Promise<Suggested> {
    return JSON.parse(await run('suggest', 'work', '--json'));
}

const shop = ['a.shop.test', 'b.shop.test', 'www.shop.test'];
const others = ['elsewhere.test', 'x.github.io', 'y.github.io', 'z.github.io'];

test('what was asked for becomes the fewest safe rules', async () => {
    await run('allow', 'work', 'kept.test');
    await run('learn', 'work', '--for', '1m');
    for (const host of [...shop, ...others, 'kept.test', 'github.io']) {
        expect(await reaches('work', `https://${host}/`)).toBe(true);
    }
    await fetchThrough('work', 'http://elsewhere.test/path?secret=1');
    // Nobody else asks for anything in its name.
    await fetchThrough('banking', 'https://of-banking.test/');
    await fetchThrough('work', 'https://127.0.0.1/');
    await expect
        .poll(async () => (await suggested()).suggestions)
        .toMatchObject([
            { pattern: '.shop.test', count: 3 },
            { pattern: 'elsewhere.test', count: 2 },
            { pattern: 'x.github.io', count: 1 },
            { pattern: 'y.github.io', count: 1 },
            { pattern: 'z.github.io', count: 1 },
        ]);
    const { leftOut } = await suggested();
    expect(leftOut.map(({ host }) => host)).toContain('github.io');
});

test('it is known when learning is over and the ProxyVM was restarted', async () => {
    const since = now();
    const before = await suggested();
    await run('learn', 'work', '--stop');
    await untilSaid(since, 'work learns no more');
    await bed.must(['kill', 'sys-filter']);
    const { stdout, stderr } = await filterproxy('suggest', 'work');
    expect(stdout).toContain('.shop.test  3 requests, 3 hosts');
    expect(stderr).toContain('sys-filter does not run');
    await bed.must(['start', 'sys-filter']);
    const after = await suggested();
    expect(after.suggestions).toEqual(before.suggestions);
});

test('with --all its rules serve what was asked for, and nothing else', async () => {
    await bed.must(['kill', 'work']);
    await bed.must(['start', 'work']);
    await run('suggest', 'work', '--all');
    for (const host of [...shop, ...others]) {
        expect([host, await reaches('work', `https://${host}/`)]).toEqual([
            host,
            true,
        ]);
    }
    for (const host of ['github.io', 'w.github.io', 'evilshop.test']) {
        const { connectStatus } = await fetchThrough(
            'work',
            `https://${host}/`,
        );
        expect([host, connectStatus]).toEqual([host, 403]);
    }
    expect(await run('suggest', 'work')).toContain('no rule is missing');
});

test('allow warns where others can register names, by the same list', async () => {
    const { exitCode, stderr } = await filterproxy(
        'allow',
        'banking',
        '*.github.io',
        '.shop.test',
    );
    expect([exitCode, stderr]).toEqual([
        0,
        'banking: anybody can register a name below github.io\n',
    ]);
});
