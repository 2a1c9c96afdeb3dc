// Bad input to the agent: a clear error in the answer, an exit code that is
// not one of qrexec's own, and nothing changed.
import { beforeAll, describe, expect, test } from 'vitest';
import { answer as answerSchema } from '../../shared/protocol/answer.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { apply, callAgent, clientOf, document, stop } from './agent.ts';
import { bed } from './bed.ts';
import { reaches } from './fetch.ts';
import { issuedNow } from './issued.ts';
import { stateOfProxyvm } from './proxyvm.ts';

beforeAll(async () => {
    await bed.up();
    await stop();
    await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
});

/** To a call for the status by that one, where QubesDB has that. */
async function errorTo(
    caller: string,
    named: string | null,
): Promise<string | null> {
    const answer =
        named === null
            ? 'exit 2'
            : `[ "$1" = /vm-config/filterproxy-admin ] && echo '${named}'`;
    const script = `
        program=/tmp/administrator/qubesdb-read
        mkdir -p "\${program%/*}"
        printf '#!/bin/sh\\n%s\\n' "$2" >"$program"
        chmod 755 "$program"
        export PATH="\${program%/*}:$PATH" QREXEC_REMOTE_DOMAIN="$1"
        export QREXEC_SERVICE_ARGUMENT=status
        exec /usr/lib/qubes/filterproxy/filterproxy-agent qrexec`;
    const words = ['sh', '-c', script, 'sh', caller, answer];
    const { stdout } = await bed.qube('sys-filter', ...words);
    return JSON.parse(stdout).error?.code ?? null;
}

describe('the agent', () => {
    const hostile: [string, string | Uint8Array, RegExp][] = [
        ['an empty request', '', /it is empty/],
        ['half a document', '{"version": 1, "issued"', /it is not JSON/],
        ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /not JSON/],
        ['another version', '{"version": 2}', /version/],
        ['a wrong type', '[]', /Expected "version"/],
        ['an escape sequence', '{"\u001b[31m": 1}', /^[\x20-\x7e]+$/],
        [
            'a hostile client name',
            document([{ name: '../../etc' }]),
            /clients\.0\.name: a qube name is/,
        ],
        [
            'one byte more than it takes',
            Buffer.alloc(limits.requestBytes + 1, 0x20),
            /longer than/,
        ],
    ];

    test.each(hostile)(
        'refuses %s and changes nothing',
        async (_, input, why) => {
            const before = await stateOfProxyvm();
            const { answer, exitCode } = await callAgent('apply', input);
            expect(exitCode).toBe(1);
            expect(answer.error?.code).toBe('request');
            expect(answer.error?.message).toMatch(why);
            expect(answer.report).toBeNull();
            expect(await stateOfProxyvm()).toBe(before);
        },
    );

    test.each(['github', "\\`a.test\\'\n.*", '.*', "\\`.*\\'", "\\`a#b\\'"])(
        'refuses the filter line %j, whoever sends it',
        async (line) => {
            const client = await clientOf('work', { hosts: ['a.test'] });
            const { filter } = client;
            const input = document([
                {
                    ...client,
                    filter: { ...filter, lines: [line] },
                },
            ]);
            const { answer } = await callAgent('apply', input);
            expect(answer.error?.code).toBe('request');
            expect(answer.error?.message).toMatch(/lines\.0: /);
        },
    );

    test.each(['', 'APPLY', 'apply2', 'toString', 'end'])(
        'has no verb %j',
        async (verb) => {
            const { answer, exitCode } = await callAgent(verb, '');
            expect(exitCode).toBe(1);
            expect(answer.error).toEqual({
                code: 'request',
                message:
                    'the service takes one of +apply, +plan, +status, +stop, ' +
                    '+examine, +requests, +follow as argument',
            });
        },
    );

    test('obeys dom0 and nobody else', async () => {
        const { stdout, exitCode } = await bed.qube(
            'sys-filter',
            'env',
            'QREXEC_REMOTE_DOMAIN=work',
            'QREXEC_SERVICE_ARGUMENT=stop',
            '/usr/lib/qubes/filterproxy/filterproxy-agent',
            'qrexec',
        );
        expect(exitCode).toBe(1);
        expect(JSON.parse(stdout).error.code).toBe('denied');
        expect(await reaches('work', 'http://allowed.test/')).toBe(true);
    });

    test.each([
        ['mgmt', 'mgmt', null],
        ['mgmt', 'mgmt2', 'denied'],
        ['dom0', 'mgmt', null],
        ['@anyvm', '@anyvm', 'denied'],
        ['', '', 'denied'],
        ['mgmt\nmgmt', 'mgmt', 'denied'],
        ['mgmt', 'mgmt\nmgmt', 'denied'],
    ])(
        'called by %j obeys it, where QubesDB names %j: %s',
        async (caller, named, code) => {
            expect(await errorTo(caller, named)).toBe(code);
        },
    );

    test('where QubesDB names nobody obeys no qube', async () => {
        expect(await errorTo('mgmt', null)).toBe('denied');
    });

    test('answers a document older than the last with stale', async () => {
        const late = { ...issuedNow() };
        await apply([await clientOf('work', { hosts: ['allowed.test'] })]);
        const before = await stateOfProxyvm();
        const input = JSON.stringify({ version: 1, issued: late, clients: [] });
        for (const verb of ['apply', 'plan']) {
            const { answer, exitCode } = await callAgent(verb, input);
            expect(exitCode).toBe(1);
            expect(answer.error?.code).toBe('stale');
        }
        expect(await stateOfProxyvm()).toBe(before);
    });

    test('plans without changing anything', async () => {
        const before = await stateOfProxyvm();
        const { answer } = await callAgent('plan', document([]));
        expect(answer.report?.steps).toContain(
            'delete the nftables table inet qubes-filterproxy',
        );
        expect(await stateOfProxyvm()).toBe(before);
    });

    test('answers in the form that dom0 reads', async () => {
        for (const verb of ['status', 'apply'] as const) {
            const { answer } = await callAgent(verb, '');
            const bytes = Buffer.from(JSON.stringify(answer));
            const decoded = decode(answerSchema, bytes, limits.answerBytes);
            expect(decoded.ok).toBe(true);
        }
    });

    test('says what is missing in a qube that is no netvm', async () => {
        const agent = '/usr/lib/qubes/filterproxy/filterproxy-agent';
        const call = `QREXEC_REMOTE_DOMAIN=dom0 QREXEC_SERVICE_ARGUMENT=status ${agent} qrexec </dev/null`;
        const { stdout } = await bed.qube(
            'sys-filter',
            'unshare',
            '--net',
            'sh',
            '-c',
            call,
        );
        expect(JSON.parse(stdout).error).toEqual({
            code: 'unfit',
            message: expect.stringContaining('no chain custom-input'),
        });
    });
});
