// What a person sees instead of a page that was refused, in a real browser.
// With PICTURES=DIRECTORY in the environment the pictures are kept there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { domOf, firstPixelOf, pictureOf, type Scheme } from './browser.ts';
import { fetchThrough } from './fetch.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';
import { oddHosts } from './odd-hosts.ts';
import { inProxyvm } from './proxyvm.ts';
import { exchange } from './raw-request.ts';
import { get } from './request-text.ts';

/** What is read on a page; the script has run. */
async function textOf(url: string): Promise<string> {
    const dom = await domOf('work', url);
    const [main = ''] = /<main>.*<\/main>/s.exec(dom) ?? [];
    return main
        .replace(/<[^>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim();
}

async function must(...args: string[]): Promise<void> {
    const { exitCode, stderr } = await filterproxy(...args);
    expect(exitCode, stderr).toBe(0);
}

let page = '';

beforeAll(async () => {
    await bed.up();
    await forgetAll();
    await must('allow', 'work', 'allowed.test');
    page = (await fetchThrough('work', 'http://blocked.test/')).body;
});

afterAll(forgetAll);

describe('in a browser, a refused page', () => {
    test('names the host, the qube, and the command that allows it', async () => {
        const text = await textOf('http://www.Blocked.test/a?b#c');
        expect(text).toContain('www.blocked.test is not allowed for work');
        expect(text).toContain('qvm-filterproxy allow work www.blocked.test');
    });

    test('tells a command that does allow it', async () => {
        const [command = ''] =
            /qvm-filterproxy allow work \S+/.exec(
                await textOf('http://mistaken.test/'),
            ) ?? [];
        await must(...command.split(' ').slice(1));
        const { status } = await fetchThrough('work', 'http://mistaken.test/');
        expect(status).toBe(200);
    });

    const looks = (['light', 'dark'] as const).flatMap((scheme) => [
        { scheme, width: 390, height: 844 },
        { scheme, width: 1280, height: 800 },
    ]);
    const backgrounds: Record<Scheme, number[]> = {
        light: [0xf4, 0xf4, 0xf6],
        dark: [0x16, 0x16, 0x1c],
    };

    test.each(looks)('follows $scheme at a width of $width', async (look) => {
        const png = await pictureOf('work', 'http://www.blocked.test/', look);
        const directory = process.env['PICTURES'];
        if (directory !== undefined) {
            const name = `refused-${look.scheme}-${look.width}.png`;
            writeFileSync(join(directory, name), png);
        }
        expect(png.readUInt32BE(16)).toBe(look.width);
        expect(firstPixelOf(png)).toEqual(backgrounds[look.scheme]);
    });

    // Whoever makes a link chooses the host.
    test.each(['$(reboot).test', '`reboot`.test', 'a;reboot.test', 'a&b.test'])(
        'shows no command with the host %s',
        async (host) => {
            const text = await textOf(`http://${host}/`);
            expect(text).toContain('qvm-filterproxy allow work HOST');
            expect(text).not.toContain(host);
        },
    );

    const inject = 'document.title="injected"';

    test.each([
        `http://blocked.test/<script>${inject}</script>`,
        `http://blocked.test/?"><img src=x onerror='${inject}'>`,
        `http://blocked.test/#</span><script>${inject}</script>`,
        `http://x:%3Cscript%3E${inject}@blocked.test/`,
    ])('runs nothing out of %s', async (url) => {
        const dom = await domOf('work', url);
        expect(dom).toContain('<title>Not allowed for work</title>');
        expect(dom).not.toContain(inject);
        expect(dom.match(/<script/g)).toHaveLength(1);
    });
});

describe('a page of a proxy', () => {
    const reflecting = [
        get('http://blocked.test/<script>alert(1)</script>'),
        get('http://<script>alert(1)</script>/'),
        get('/', 'Host: <script>alert(1)</script>'),
        get('/<script>alert(1)</script>', 'Host: blocked.test'),
        get('http://blocked.test/', 'Host: "><script>alert(1)</script>'),
        get('http://blocked.test/{request}{url}', 'Referer: {url}'),
        get('http://{url}.test/'),
        `<SCRIPT> http://blocked.test/ HTTP/1.1\r\n\r\n`,
    ];

    test('is the same to the byte, whatever is asked for', async () => {
        const pages = [page, await failedPage()];
        expect(new Set(pages).size).toBe(2);
        const requests = [...reflecting, ...oddHosts];
        while (requests.length > 0) {
            const some = requests.splice(0, 20);
            const answers = some.map((each) => exchange('work', each));
            for (const [at, answer] of (await Promise.all(answers)).entries()) {
                const [head = ''] = answer.split('\r\n\r\n', 1);
                const expected = pages[head.includes(' 403 ') ? 0 : 1];
                const body = answer.slice(head.length + 4);
                expect(body, JSON.stringify(some[at])).toBe(expected);
            }
        }
    });

    /** Of what was not understood, or led nowhere. */
    async function failedPage(): Promise<string> {
        return inProxyvm(
            'cd /run/qubes-filterproxy/proxies; cat $(ls | tail -n 1)/failed.html',
        );
    }

    test('is another one for a host that is allowed and does not answer', async () => {
        await must('allow', 'work', 'nowhere.invalid');
        const text = await textOf('http://nowhere.invalid/');
        expect(text).toContain('could not get this page');
        expect(text).toContain(
            'qvm-filterproxy check work http://nowhere.invalid',
        );
    });

    test('is readable for root and its own proxy only', async () => {
        const found = await inProxyvm(
            'cd /run/qubes-filterproxy/proxies; stat -c "%a %u %g %n" *' +
                ' */refused.html */failed.html',
        );
        const lines = found.trim().split('\n');
        expect(lines).toContainEqual(expect.stringContaining('/refused.html'));
        for (const line of lines) {
            expect(line).toMatch(
                /^(750 0 (\d+) \2|640 0 (\d+) \3\/\w+\.html)$/,
            );
        }
    });

    // Last: the other ones are about a list of allowed hosts.
    test('says that a block list, or closed plain HTTP, was the reason', async () => {
        await must('default', 'work', 'allow', '--clear');
        await must('deny', 'work', 'blocked.test');
        const blocked = await textOf('http://blocked.test/');
        expect(blocked).toContain('blocked.test is blocked for work');
        expect(blocked).toContain('qvm-filterproxy check work blocked.test');
        await must('default', 'work', 'deny', '--clear');
        await bed.dom0(
            'sh',
            '-c',
            `printf '!http-port none\\nallowed.test\\n' >${config}/qubes/work.rules`,
        );
        await must('update', 'work');
        const closed = await textOf('http://allowed.test/');
        expect(closed).toContain('Plain HTTP is closed for work');
        expect(closed).toContain(
            'qvm-filterproxy check work https://allowed.test',
        );
    });
});
