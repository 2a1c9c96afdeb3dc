// The filter lines that were accepted, gathered to be shown to the C library
// that tinyproxy matches with.
import { expect } from 'vitest';
import { buildRegexOracle } from '../pattern/regex-oracle.ts';
import { demand } from './grammar.ts';

const form = /^\\`(?:[a-z0-9_:|(){},*+?-]|\\\.|\[[a-z0-9._:-]+\])+\\'$/;

/** No filter may match any of these, whatever its rules. */
const oddHosts = [
    ...[
        '',
        ' ',
        'a\n',
        '\na',
        'a\nb',
        'a#b',
        'a%2f',
        'a/b',
        '%00',
        'a?b',
        'a@b',
    ],
    ...['*', 'a\tb', 'github.com\n', 'github.com?', 'github.com:443', 'a\r'],
    ...['[::1]', '::1%lo', 'a:80', '127.0.0.1:80', 'github.com\\', 'a`', "a'"],
];
const names = ['github.com', 'debian.org', 'a.test', 'b77.test', 'a', 'x-y'];
const addresses = [
    '127.0.0.1',
    '0',
    '0x7f.1',
    '1.2.3.4.',
    '017.1',
    '9',
    'fd00::1',
];

const mostShown = 30_000;

export class ConfinedLines {
    readonly #lines = new Set<string>();

    /**
     * Throws when it could hold more than a host name's characters; whether
     * it was not seen before.
     */
    add(line: string): boolean {
        if (this.#lines.has(line)) {
            return false;
        }
        demand(line.length <= 501, 'a line longer than tinyproxy reads');
        demand(form.test(line), `filter line ${line}`);
        this.#lines.add(line);
        return true;
    }

    /** What regcomp and regexec, with tinyproxy's flags, make of them. */
    async expectHarmless(): Promise<void> {
        const lines = [...this.#lines].slice(0, mostShown);
        expect(lines.length).toBeGreaterThan(10);
        const oracle = await buildRegexOracle();
        const subjects = [...oddHosts, ...names, ...addresses];
        const answers = await oracle.match(
            lines.map((pattern) => ({ pattern, subjects })),
        );
        await oracle.remove();
        for (const [index, answer] of answers.entries()) {
            const matched = subjects.filter((_, at) => answer?.[at] !== false);
            const isOdd = matched.some((host) => oddHosts.includes(host));
            const isBoth =
                matched.some((host) => names.includes(host)) &&
                matched.some((host) => addresses.includes(host));
            expect(isOdd || isBoth, `${lines[index]} matches ${matched}`).toBe(
                false,
            );
        }
    }
}
