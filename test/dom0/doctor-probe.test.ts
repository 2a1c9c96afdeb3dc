// The request that a qube is made to send: what it asks for, what it runs, and
// what is made of its answer.
import { execFileSync } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { probeCommand, readProbe } from '../../dom0/core/doctor/probe.ts';
import { probeTargetOf } from '../../dom0/core/doctor/probe-target.ts';
import {
    type EffectiveRules,
    rulesOf,
} from '../../dom0/core/effective-rules.ts';
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import { runCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';
import { filesOf, nameOf, nothingShared } from './rules.ts';

const gateway = '10.137.0.4' as Ip4;

function rulesOfText(text: string): EffectiveRules {
    const qube = systemOf(exampleQubes).get(nameOf('work'));
    const files = filesOf({ work: text });
    const rules = qube && rulesOf({ files, ...nothingShared }, qube);
    if (!rules?.ok) {
        throw new Error('no rules');
    }
    return rules.value;
}

describe('the command line of a request', () => {
    test('is one that a shell takes', () => {
        for (const [address, target] of [
            [gateway, null],
            [gateway, { host: 'a-b_c.test', port: 443 }],
            ['fd09:24ef:4179::a89:4' as Ip6, { host: 'a.test', port: 8443 }],
        ] as const) {
            const command = probeCommand(address, target);
            execFileSync('sh', ['-nc', command]);
            const [, script = ''] = /bash -c '(.*)'$/.exec(command) ?? [];
            execFileSync('bash', ['-nc', script]);
        }
    });

    test('asks for that host, at the port of all proxies', () => {
        const command = probeCommand(gateway, { host: 'a.test', port: 8443 });
        expect(command).toContain('/dev/tcp/10.137.0.4/8100 ');
        expect(command).toContain('CONNECT a.test:8443 HTTP/1.0\\r\\n');
    });

    test.each(['a.test;id', '$(id)', "a'b", 'a b', '', 'a\n', '-', 'ü.test'])(
        'is none with %j as a host',
        (host) => {
            const make = () => probeCommand(gateway, { host, port: 443 });
            if (host === '-') {
                expect(make()).toContain('CONNECT -:443 ');
            } else {
                expect(make).toThrow('no host to ask for');
            }
        },
    );
});

describe('what is asked for', () => {
    test.each([
        ['^a\\.test$\n^b\\.test$\n', { host: 'a.test', port: 443 }],
        ['(^|\\.)a\\.test$\n', { host: 'a.test', port: 443 }],
        ['\\.a\\.test$\n^b\\.test$\n', { host: 'b.test', port: 443 }],
        ['\\.a\\.test$\n', null],
        ['^(a|b)\\.test$\n', null],
        ['!default allow\n^a\\.test$\n', null],
        ['!connect-port 8443\n^a\\.test$\n', { host: 'a.test', port: 8443 }],
        ['^10\\.1\\.1\\.1$\n^b\\.test$\n', { host: 'b.test', port: 443 }],
    ])('by the rules %j', (text, target) => {
        expect(probeTargetOf(rulesOfText(text))).toEqual(target);
    });
});

describe('what came of it', () => {
    test.each([
        [{ stdout: 'HTTP/1.0 200 Connection established\n' }, 200],
        [{ stdout: 'HTTP/1.1 403 Filtered\n' }, 403],
        [{ stdout: 'HTTP/1.0 500 x', exitCode: 1 }, 500],
    ])('is the status of %j', (difference, status) => {
        const end = { kind: 'status', status };
        expect(readProbe(outcome(difference))).toEqual(end);
    });

    test.each([
        [{ exitCode: 3, stderr: 'connect: Connection refused' }, 'closed'],
        [{ exitCode: 1 }, 'ended'],
        [{ exitCode: 141 }, 'ended'],
        [{ exitCode: 124 }, 'silent'],
        [{ exitCode: null, timedOut: true }, 'silent'],
        [{ stdout: 'SSH-2.0-OpenSSH' }, 'odd'],
        [{ stdout: 'HTTP/1.0 2000' }, 'odd'],
        [{ stdout: '' }, 'odd'],
        [{ exitCode: null, tooLong: true, stdout: 'x'.repeat(4096) }, 'odd'],
        [{ exitCode: 125 }, 'not-run'],
        [{ exitCode: 126 }, 'not-run'],
        [{ exitCode: 127 }, 'not-run'],
        [{ exitCode: 255 }, 'not-run'],
        [{ exitCode: null, startError: 'ENOENT' }, 'not-run'],
    ])('of %j is that it is %s', (difference, kind) => {
        expect(readProbe(outcome(difference)).kind).toBe(kind);
    });

    const address = '127.81.0.1' as Ip4;

    /** One that does that to who connects, where all proxies listen. */
    async function listen(answer: (socket: Socket) => void): Promise<void> {
        const server = createServer(answer);
        await new Promise<void>((resolve, reject) => {
            server.once('error', reject);
            server.listen(limits.gatewayPort, address, resolve);
        });
        onTestFinished(() => {
            server.close();
        });
    }

    test.each<[string, (socket: Socket) => void, string]>([
        [
            'answers',
            (socket) => socket.once('data', () => socket.end('HTTP/1.0 200\n')),
            'status',
        ],
        ['closes at once', (socket) => socket.end(), 'ended'],
        [
            'closes when asked',
            (socket) => socket.once('data', () => socket.end()),
            'ended',
        ],
        ['resets', (socket) => socket.resetAndDestroy(), 'ended'],
    ])(
        'of one that %s is told from a port that is closed',
        async (_, answer, kind) => {
            const command = ['-c', probeCommand(address, null)];
            const closed = await runCommand('sh', command);
            expect(readProbe(closed).kind).toBe('closed');
            await listen(answer);
            expect(readProbe(await runCommand('sh', command)).kind).toBe(kind);
        },
    );

    test('shows nothing that a qube wrote but a number', () => {
        fc.assert(
            fc.property(
                fc.uint8Array({ maxLength: 200 }),
                fc.constantFrom(0, 1, 2, 3, 124, 200, null),
                (bytes, exitCode) => {
                    const stdout = Buffer.concat([
                        Buffer.from('HTTP/1.0 '),
                        bytes,
                    ]);
                    const end = readProbe(outcome({ stdout, exitCode }));
                    if (end.kind === 'status') {
                        expect(end.status).toBeGreaterThanOrEqual(100);
                        expect(end.status).toBeLessThan(600);
                    }
                    expect(JSON.stringify(end)).toMatch(/^[\x20-\x7e]*$/);
                },
            ),
            { seed: 20261128, numRuns: 2000 },
        );
    });
});
