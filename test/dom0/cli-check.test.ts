import { describe, expect, test } from 'vitest';
import { noAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const text = [
    '(^|\\.)github\\.com$ comment=code',
    '^gist\\.github\\.com$',
    '^10\\.0\\.0\\.1$',
    '^8\\.8\\.8\\.8$',
    '^2606:4700::1111$',
    '^fd00::1$',
    '^xn--bcher-kva\\.example$',
    '',
].join('\n');

async function check(...hosts: string[]) {
    const dom0 = await fakeDom0({ rules: { work: text } });
    return dom0.cli('check', 'work', ...hosts);
}

/** The answer, with the places of the rules that it names: a line for each. */
function withPlaces(said: string): string {
    const [first = '', ...rest] = said.split('\n');
    const places = [...first.matchAll(/rule (\d+), /g)].map(
        ([, number]) => `    /etc/qubes/filterproxy/qubes/work.rules:${number}`,
    );
    return `work: ${[first, ...places, ...rest].join('\n')}\n`;
}

describe('check', () => {
    test.each([
        ['github.com', 'github.com is allowed by rule 1, (^|\\.)github\\.com$'],
        [
            'API.GitHub.com',
            'API.GitHub.com is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'gist.github.com',
            'gist.github.com is allowed by rule 1, (^|\\.)github\\.com$; and by rule 2, ^gist\\.github\\.com$',
        ],
        [
            'api.github.com:443',
            'api.github.com:443 is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'https://api.github.com/a?b#c',
            'api.github.com:443 is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'http://user:pw@API.github.com',
            'api.github.com:80 is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'HTTPS://evil.org@api.github.com/',
            'api.github.com:443 is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        ['8.8.8.8', '8.8.8.8 is allowed by rule 4, ^8\\.8\\.8\\.8$'],
        [
            'http://134744072/',
            '8.8.8.8:80 is allowed by rule 4, ^8\\.8\\.8\\.8$\n    that is what programs make of http://134744072/',
        ],
        [
            '2606:4700::1111',
            '2606:4700::1111 is allowed by rule 5, ^2606:4700::1111$',
        ],
        [
            '[2606:4700::1111]',
            '2606:4700::1111 is allowed by rule 5, ^2606:4700::1111$',
        ],
        [
            '[2606:4700::1111]:443',
            '[2606:4700::1111]:443 is allowed by rule 5, ^2606:4700::1111$',
        ],
        [
            'https://[2606:4700:0::1111]/',
            '[2606:4700::1111]:443 is allowed by rule 5, ^2606:4700::1111$\n    that is what programs make of https://[2606:4700:0::1111]/',
        ],
        [
            'https://bücher.example/',
            'xn--bcher-kva.example:443 is allowed by rule 7, ^xn--bcher-kva\\.example$\n    that is what programs make of https://b_cher.example/',
        ],
        [
            'bücher.example',
            'xn--bcher-kva.example is allowed by rule 7, ^xn--bcher-kva\\.example$\n    that is what programs make of b_cher.example',
        ],
    ])('allows %j', async (host, said) => {
        expect(await check(host)).toEqual({
            exitCode: 0,
            out: withPlaces(said),
            err: '',
        });
    });

    test.each([
        ['[github.com]:443', 'github.com:443'],
        ['wss://github.com/chat', 'github.com:443'],
        ['http://github.com:0/', 'github.com:80'],
        ['https://GITHUB%2Ecom/', 'github.com:443'],
    ])('allows %j as %s, like the proxy', async (typed, host) => {
        const { exitCode, out } = await check(typed);
        expect(exitCode).toBe(0);
        expect(out).toContain(`work: ${host} is allowed by rule 1,`);
    });

    test.each([
        [`${'a'.repeat(64)}.github.com`, 'at most 63 characters'],
        [`${'a.'.repeat(122)}github.com`, 'at most 253 characters'],
    ])('says that no resolver knows %s', async (host, why) => {
        const { out } = await check(host);
        expect(out).toContain(`${host} is allowed by rule 1,`);
        expect(out).toMatch(
            new RegExp(`\\n    but no resolver knows it: .*${why}\\n`),
        );
    });

    test.each([
        ['example.org', 'example.org is refused, no rule matches it'],
        ['evilgithub.com', 'evilgithub.com is refused, no rule matches it'],
        [
            'http://github.com@evil.org/',
            'evil.org:80 is refused, no rule matches it',
        ],
        [
            'github.com.',
            'github.com. is refused, no rule matches it\n    written github.com it is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'evil.org?x.github.com',
            'evil.org?x.github.com is refused, no rule matches it\n    "?" is in no host name, so no rule matches',
        ],
        [
            'a\x1b[2J.github.com',
            'a_[2J.github.com is refused, no rule matches it\n    "_" is in no host name, so no rule matches',
        ],
        [
            'https://github.com:8443/',
            'github.com:8443 is refused: only port 443 is let through for https; the host is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'https://github.com:80/',
            'github.com:80 is refused: only port 443 is let through for https; the host is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'github.com:22',
            'github.com:22 is refused: only ports 80 and 443 are let through; the host is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            'ftp://github.com/',
            'github.com is refused: only http and https go through the proxy, not ftp',
        ],
        [
            '10.0.0.1',
            '10.0.0.1 is refused: the proxy does not connect to 10.0.0.1, which is no public address and not opened by !lan; the rules allow it, by rule 3, ^10\\.0\\.0\\.1$',
        ],
        [
            'https://[fd00::1]/',
            '[fd00::1]:443 is refused: the proxy does not connect to fd00::1, which is no public address and not opened by !lan; the rules allow it, by rule 6, ^fd00::1$',
        ],
        [
            '134744072',
            '134744072 is refused, no rule matches it\n    written 8.8.8.8 it is allowed by rule 4, ^8\\.8\\.8\\.8$',
        ],
        [
            '0x8.8.2056',
            '0x8.8.2056 is refused, no rule matches it\n    written 8.8.8.8 it is allowed by rule 4, ^8\\.8\\.8\\.8$',
        ],
        ['127.1', '127.1 is refused, no rule matches it'],
        [
            '8.8.8.8.',
            '8.8.8.8. is refused, no rule matches it\n    written 8.8.8.8 it is allowed by rule 4, ^8\\.8\\.8\\.8$',
        ],
        ['a..github.com', 'a..github.com is refused, no rule matches it'],
        [
            'github.com%2e',
            'github.com%2e is refused, no rule matches it\n    "%" is in no host name, so no rule matches',
        ],
        [
            'ws://github.com/',
            'github.com:80 is refused: only port 443 is let through for ws; the host is allowed by rule 1, (^|\\.)github\\.com$',
        ],
        [
            '2606:4700::1111:443',
            '2606:4700::1111:443 is refused, no rule matches it\n    with a port it is written [2606:4700::1111]:443',
        ],
        [
            '2606:4700:0::1111',
            '2606:4700:0::1111 is refused, no rule matches it\n    written 2606:4700::1111 it is allowed by rule 5, ^2606:4700::1111$',
        ],
    ])('refuses %j', async (host, said) => {
        expect(await check(host)).toEqual({
            exitCode: 1,
            out: withPlaces(said),
            err: '',
        });
    });

    test.each([
        ['', "'' has no host"],
        [
            'github.com/path',
            "'github.com/path' is neither a host nor a URL, which starts with https://",
        ],
        [
            'git@github.com',
            "'git@github.com' is neither a host nor a URL, which starts with https://",
        ],
        ['github.com:65979', "'github.com:65979' has no valid port"],
        ['github.com:', "'github.com:' has no valid port"],
        ['http://', "'http://' is no URL"],
        ['http://a:99999/', "'http://a:99999/' is no URL"],
    ])('takes %j for a mistake', async (host, said) => {
        const { exitCode, err } = await check('github.com', host);
        expect(exitCode).toBe(2);
        expect(err).toContain(`error: ${said}\n`);
    });

    test('of several hosts fails when one is refused', async () => {
        const { exitCode, out } = await check('github.com', 'a.org');
        expect(exitCode).toBe(1);
        expect(out).toMatch(/allowed.*\n.*\n.*refused/);
    });

    test('asks no ProxyVM', async () => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        expect((await dom0.cli('work', 'check', 'github.com')).exitCode).toBe(
            0,
        );
        expect(dom0.commands.filter((each) => !/^qvm-ls /.test(each))).toEqual(
            [],
        );
    });

    test('of a qube without rules refuses everything', async () => {
        const dom0 = await fakeDom0();
        expect(await dom0.cli('check', 'work', 'a.org')).toEqual({
            exitCode: 1,
            out: 'work: a.org is refused, no rule matches it\n',
            err: '',
        });
    });

    test('of a disposable goes by its template’s rules', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith({
                name: 'disp12',
                class: 'DispVM',
                template: 'work-dvm',
                xid: 12,
            }),
            rules: { 'work-dvm': '^d\\.test$\n' },
        });
        expect((await dom0.cli('check', 'disp12', 'd.test')).out).toBe(
            'disp12, as work-dvm: d.test is allowed by rule 1, ^d\\.test$\n    /etc/qubes/filterproxy/qubes/work-dvm.rules:1\n',
        );
    });

    test('of a stopped qube says that all is refused', async () => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        await dom0.cli('stop', 'work');
        expect(await dom0.cli('check', 'work', '8.8.8.8')).toEqual({
            exitCode: 1,
            out: withPlaces('8.8.8.8 is allowed by rule 4, ^8\\.8\\.8\\.8$'),
            err: 'work: it is stopped (since 2026-11-24 12:00, by user), so all is refused\n    to start it: qvm-filterproxy start work\n',
        });
    });

    describe('fails, as no proxy does what the rules say,', () => {
        const host = ['8.8.8.8'];
        const allowed = '8.8.8.8 is allowed by rule 4, ^8\\.8\\.8\\.8$';

        test('of a qube without netvm', async () => {
            const dom0 = await fakeDom0({
                qubes: exampleWith({ name: 'work', netvm: null }),
                rules: { work: text },
            });
            expect(await dom0.cli('check', 'work', ...host)).toEqual({
                exitCode: 1,
                out: withPlaces(allowed),
                err: 'work: it has no netvm, so it reaches nothing at all\n    to give it one: qvm-prefs work netvm NETVM\n',
            });
        });

        test('of one whose netvm is halted', async () => {
            const dom0 = await fakeDom0({
                qubes: exampleWith({ name: 'sys-filter', xid: -1 }),
                rules: { work: text },
            });
            const args = ['check', 'work', ...host];
            expect(await dom0.cli(...args)).toEqual({
                exitCode: 1,
                out: withPlaces(allowed),
                err: 'work: its netvm sys-filter is halted; it is served once that runs\n',
            });
            const json = JSON.parse((await dom0.cli(...args, '--json')).out);
            expect(json).toMatchObject({ inForce: false });
        });

        test.each([
            ['runs', 5],
            ['is halted', -1],
        ])(
            'of one that %s, behind a netvm that had no agent',
            async (_, xid) => {
                const dom0 = await fakeDom0({ rules: { work: text } });
                await dom0.cli('update');
                dom0.qubes = exampleWith({ name: 'work', xid });
                dom0.commands.length = 0;
                const result = await dom0.cli('check', 'work', ...host);
                expect(result.exitCode).toBe(1);
                expect(result.err).toMatch(
                    /^work: its netvm sys-filter has no filter proxy agent, so nothing is filtered and no proxy answers it\n {4}to have a ProxyVM made/,
                );
                expect(dom0.commands.join()).not.toContain('qrexec-client');
            },
        );
    });

    describe('goes by the rules alone', () => {
        const allowed = { exitCode: 0, err: '' };

        test('of a halted qube', async () => {
            const dom0 = await fakeDom0({
                qubes: exampleWith({ name: 'work', xid: -1 }),
                rules: { work: text },
            });
            expect(await dom0.cli('check', 'work', '8.8.8.8')).toMatchObject(
                allowed,
            );
        });

        test('behind a netvm that did not answer, or was restarted since', async () => {
            for (const [agent, xid] of [
                [() => outcome({ exitCode: 125 }), 3],
                [noAgent, 40],
            ] as const) {
                const dom0 = await fakeDom0({
                    rules: { work: text },
                    agents: { 'sys-filter': agent },
                });
                await dom0.cli('update');
                dom0.qubes = exampleWith({ name: 'sys-filter', xid });
                expect(
                    await dom0.cli('check', 'work', '8.8.8.8'),
                ).toMatchObject(allowed);
            }
        });
    });

    test('of a file with an error decides nothing', async () => {
        const dom0 = await fakeDom0({ rules: { work: '^a\\.test$\n(\n' } });
        const result = await dom0.cli('check', 'work', 'a.test');
        expect(result.exitCode).toBe(1);
        expect(result.out).toBe('');
        expect(result.err).toContain('work.rules:2: ');
        expect(result.err).toContain(
            'work: it cannot be told: its rules have an error, so what was in force before still is\n',
        );
    });

    test('of a file of another qube of that name says that it is not in force', async () => {
        const dom0 = await fakeDom0({
            rules: { work: text },
            owners: { work: uuidOf('another') },
        });
        const result = await dom0.cli('check', 'work', 'github.com');
        expect(result.exitCode).toBe(1);
        expect(result.err).toContain(
            'work: all is refused: /etc/qubes/filterproxy/qubes/work.rules was written for another qube',
        );
        expect(result.out).toBe(
            'work: github.com is refused, no rule matches it\n',
        );
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await fakeDom0({ rules: { work: text } });
        const args = ['check', 'work', 'http://8.8.8.8:22/', '--json'];
        expect(JSON.parse((await dom0.cli(...args)).out)).toEqual({
            version: 1,
            command: 'check',
            qube: 'work',
            file: 'qubes/work.rules',
            default: 'deny',
            inForce: true,
            stopped: null,
            learning: null,
            hosts: [
                {
                    typed: 'http://8.8.8.8:22/',
                    host: '8.8.8.8',
                    port: 22,
                    allowed: false,
                    refused: 'port',
                    openAt: null,
                    learning: false,
                    upstream: null,
                    rules: [
                        {
                            number: 4,
                            file: 'qubes/work.rules',
                            via: [],
                            line: 4,
                            expression: '^8\\.8\\.8\\.8$',
                            comment: null,
                            expire: null,
                            untilShutdown: false,
                            meaning: expect.stringContaining('8.8.8.8'),
                        },
                    ],
                    over: [],
                },
            ],
            problems: [],
        });
    });
});
