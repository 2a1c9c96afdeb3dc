// What a browser gets instead of what was refused. That a real one shows it is
// seen in test/live/page.live.test.ts.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPages } from '../../proxyvm/render/page.ts';
import { script } from '../../proxyvm/render/page-parts.ts';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { filterOfHosts } from '../filters.ts';

const allowList = filterOfHosts(['a.test']);
const work = 'work' as QubeName;

/** Every page that there is for a qube of this name. */
function allPages(name: QubeName): string[] {
    const filters = [
        allowList,
        filterOfHosts(['a.test'], { default: 'allow' }),
        filterOfHosts(['a.test'], { httpPorts: [] }),
    ];
    return filters.flatMap((filter) =>
        Object.values(renderPages(name, filter)),
    );
}

/** What a reader sees before the script ran. */
function textOf(page: string): string {
    return page
        .replace(/<(style|script|title)>.*?<\/\1>/g, '')
        .replace(/<[^>]*>/g, '');
}

const [notAllowed = '', failed = '', blocked = '', , closed = ''] =
    allPages(work);

describe('the page for a refused request', () => {
    test('names the qube, and the command that allows the host', () => {
        expect(textOf(notAllowed)).toContain(
            'This site is not allowed for work',
        );
        expect(textOf(notAllowed)).toContain('qvm-filterproxy allow work HOST');
    });

    test('of a block list names the command that tells the rule', () => {
        expect(textOf(blocked)).toContain('This site is blocked for work');
        expect(textOf(blocked)).toContain('qvm-filterproxy check work HOST');
    });

    test('says where plain HTTP is closed that it is, and names no host', () => {
        expect(textOf(closed)).toContain('Plain HTTP is closed for work');
        expect(textOf(closed)).not.toContain('This site is');
    });

    test('is another one if the proxy got no answer', () => {
        expect(textOf(failed)).toContain('could not get this page');
        expect(textOf(failed)).toContain(
            'qvm-filterproxy check work http://HOST',
        );
    });
});

describe.each(allPages(work))('a page', (page) => {
    test('lets its own style and script through, and nothing else', () => {
        const [, policy = ''] =
            /Security-Policy" content="([^"]*)"/.exec(page) ?? [];
        const hashOf = (tag: string) => {
            const parts = [
                ...page.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'g')),
            ].map(([, text = '']) => text);
            expect(parts).toHaveLength(1);
            const hash = createHash('sha256').update(parts.join(''));
            return `'sha256-${hash.digest('base64')}'`;
        };
        expect(policy.split('; ')).toEqual([
            "default-src 'none'",
            `style-src ${hashOf('style')}`,
            `script-src ${hashOf('script')}`,
            'img-src data:',
            "base-uri 'none'",
            "form-action 'none'",
        ]);
    });

    test('comes with no attribute that is code, style or an address', () => {
        expect(page).not.toMatch(/<[^>]*\s(on\w+|style|src|srcdoc|action)=/i);
        expect([...page.matchAll(/\shref="([^"]*)"/g)]).toEqual([
            expect.objectContaining({ 1: 'data:,' }),
        ]);
        expect(page).not.toMatch(/@import|url\(/);
    });

    test('has none of the variables into which tinyproxy puts a request', () => {
        expect(page).not.toMatch(/\{[a-z]{1,32}\}/);
    });

    // tinyproxy reads 4095 bytes at a time, and sends each line by itself.
    test('is one line that tinyproxy does not cut, in plain ASCII', () => {
        expect(page).toMatch(/^[ -~]{1,4094}\n$/);
    });
});

test('a page differs between qubes in their names only', () => {
    fc.assert(
        fc.property(
            fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,30}$/),
            (typed) => {
                const name = parseQubeName(typed);
                fc.pre(name.ok && !notAllowed.includes(typed));
                const pages = name.ok ? allPages(name.value) : [];
                expect(
                    pages.map((page) => page.replaceAll(typed, 'work')),
                ).toEqual(allPages(work));
            },
        ),
        { seed: 20261128 },
    );
});

test('a page has a name as text, whatever is in it', () => {
    const hostile = '<script>x</script>"&\'' as QubeName;
    for (const page of allPages(hostile)) {
        expect(page).not.toContain('<script>x');
        expect(page).toContain(
            '&lt;script&gt;x&lt;/script&gt;&quot;&amp;&#x27;',
        );
    }
});

describe('the script of a page', () => {
    /** What it puts for a host. */
    function shownFor(hostname: string): string {
        const places = [{ textContent: 'HOST' }];
        const run = new Function('location', 'document', script);
        run({ hostname }, { querySelectorAll: () => places });
        return places.map(({ textContent }) => textContent).join();
    }

    test.each([
        'example.com',
        'a-b.c1.test',
        '93.184.1.1',
        'xn--bcher-kva.test',
    ])('shows %s', (host) => {
        expect(shownFor(host)).toBe(host);
    });

    // What a browser leaves in the host of an address (WHATWG URL, "forbidden
    // domain code points") is still much that a shell reads.
    test.each([
        '$(reboot).test',
        'a`id`.test',
        'a;id.test',
        'a&id.test',
        "a'b.test",
        'a"b.test',
        '-h.test',
        '--all',
        '!x.test',
        '*.test',
        '[2a00::1]',
        'a b.test',
        'a\nb.test',
        '',
    ])('does not show %j in a command', (host) => {
        expect(shownFor(host)).toBe('HOST');
    });
});
