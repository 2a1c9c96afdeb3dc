// A tinyproxy that the agent cannot use, or none: it says so and changes
// nothing.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply, callAgent, clientOf, document } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { inProxyvm, stateOfProxyvm } from './proxyvm.ts';
import { replaceTinyproxy, restoreTinyproxy } from './tinyproxies.ts';

function saying(text: string): string {
    return `#!/bin/sh\nprintf '%s\\n' '${text}'\n`;
}

const remedy = 'install tinyproxy 1.11.1 or later in the template of this qube';

beforeEach(async () => {
    await bed.up();
    await restoreTinyproxy();
    await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
});

afterEach(async () => {
    await restoreTinyproxy();
});

describe('a ProxyVM', () => {
    const unfit: [string, string | null, string][] = [
        [
            'an old tinyproxy',
            saying('tinyproxy 1.10.0'),
            'tinyproxy 1.10.0 is too old',
        ],
        [
            'something else of that name',
            saying('\u001b[31mbusybox'),
            '"tinyproxy -v" says no version but "_[31mbusybox"',
        ],
        [
            'a tinyproxy that does not run',
            '#!/none\n',
            'tinyproxy does not start (ENOENT)',
        ],
        ['no tinyproxy', null, 'tinyproxy does not start (ENOENT)'],
    ];

    test.each(unfit)(
        'with %s is left as it is and says what to do',
        async (_, content, wrong) => {
            await replaceTinyproxy(content);
            const before = await stateOfProxyvm();
            const hosts = ['allowed.test', 'other.test'];
            const other = await clientOf('work', { hosts });
            for (const verb of ['plan', 'apply'] as const) {
                const input = document([other]);
                const { answer, exitCode } = await callAgent(verb, input);
                expect(exitCode).toBe(1);
                expect(answer).toMatchObject({
                    error: { code: 'unfit', message: `${wrong}: ${remedy}` },
                    report: null,
                });
            }
            expect(await stateOfProxyvm()).toBe(before);
            expect(await reaches('work', 'http://allowed.test/')).toBe(true);
            expect(await reaches('work', 'http://other.test/')).toBe(false);
        },
    );

    test('without a tinyproxy to start still closes what is to be closed', async () => {
        await apply([
            await clientOf('work', { hosts: ['allowed.test', 'gone.test'] }),
            await clientOf('banking', { hosts: ['bank.test'] }),
        ]);
        await replaceTinyproxy(null);
        const narrowed = await clientOf('work', { hosts: ['gone.test'] });
        const { answer } = await callAgent('apply', document([narrowed]));
        expect(answer.error?.code).toBe('unfit');
        expect(await reaches('work', 'http://allowed.test/')).toBe(false);
        expect(await reaches('banking', 'http://bank.test/')).toBe(false);
        expect(await inProxyvm('pgrep -x tinyproxy')).toBe('');
    });

    test('whose /run is full still closes what is to be closed', async () => {
        await apply([await clientOf('banking', { hosts: ['bank.test'] })]);
        // Gigabytes, which only fallocate takes at once; then the last bytes.
        await inProxyvm(
            'fallocate -l "$(($(stat -f -c "%a * %S" /run)))" /run/fill; ' +
                'dd if=/dev/zero of=/run/rest bs=1K 2>/dev/null',
        );
        try {
            const { answer } = await callAgent('apply', document([]));
            expect(answer.error).toBeNull();
            expect(await reaches('banking', 'http://bank.test/')).toBe(false);
        } finally {
            await inProxyvm('rm /run/fill /run/rest');
        }
    });
});
