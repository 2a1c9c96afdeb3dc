// The programs of dom0 in a management qube: what they call instead.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { qrexecAgents } from '../../dom0/adapters/agent.ts';
import { listenOverQrexec } from '../../dom0/adapters/event-stream.ts';
import { policyReader } from '../../dom0/adapters/policy-files.ts';
import { qrexecProbe } from '../../dom0/adapters/probe.ts';
import { managementQrexec } from '../../dom0/adapters/qrexec.ts';
import type { Ip4 } from '../../shared/domain/address.ts';
import { outcome } from './outcome.ts';
import { nameOf } from './rules.ts';

const proxyvm = nameOf('sys-filter');

describe('a call of an agent', () => {
    test('goes through the policy of dom0', async () => {
        const calls: string[][] = [];
        const callAgent = qrexecAgents(async (file, args) => {
            calls.push([file, ...args]);
            return outcome({ exitCode: 127 });
        }, managementQrexec);
        const result = await callAgent(proxyvm, 'status', null);
        expect(!result.ok && result.error.kind).toBe('no-agent');
        expect(calls).toEqual([
            ['qrexec-client-vm', 'sys-filter', 'qubes.FilterProxy+status'],
        ]);
    });

    test('that the policy refuses is told with what to do', async () => {
        const callAgent = qrexecAgents(
            async () => outcome({ exitCode: 126 }),
            managementQrexec,
        );
        const result = await callAgent(proxyvm, 'status', null);
        expect(!result.ok && result.error).toMatchObject({
            kind: 'not-allowed',
            message: expect.stringContaining('which tag sys-filter needs'),
        });
    });
});

test('what only dom0 can see or do is said to be so', async () => {
    const run = () => Promise.reject(new Error('nothing is to be run'));
    const gateway = '10.137.0.4' as Ip4;
    const nowhere = { policy: ['/'], legacyPolicy: '/' };
    const sendProbe = qrexecProbe(run, managementQrexec);
    expect(await sendProbe(nameOf('work'), gateway, null)).toMatchObject({
        kind: 'not-run',
        why: expect.stringContaining('only dom0'),
    });
    expect(await policyReader(nowhere, managementQrexec)()).toMatchObject({
        error: expect.stringContaining('in dom0'),
    });
});

describe('events', () => {
    const path = process.env['PATH'];
    let bin: string;

    beforeEach(() => {
        bin = mkdtempSync(join(tmpdir(), 'qrexec-'));
        process.env['PATH'] = `${bin}:${path}`;
    });
    afterEach(() => {
        process.env['PATH'] = path;
        rmSync(bin, { recursive: true });
    });

    /** What is heard of a program that does that, and why it ended. */
    async function hear(script: string) {
        const program = join(bin, 'qrexec-client-vm');
        await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const heard: string[] = [];
        const reason = await new Promise<string>((resolve) =>
            listenOverQrexec({
                onEvent: ({ name, untrusted_subject }) =>
                    heard.push(`${untrusted_subject} ${name}`),
                onEnd: resolve,
            }),
        );
        return { heard, reason };
    }

    test('are those of dom0, cut wherever they are', async () => {
        const { heard, reason } = await hear(`
            [ "$*" = 'dom0 admin.Events' ] || exit 1
            printf '1\\0\\0connection-established\\0\\0'
            printf '1\\0work\\0domain-st'
            sleep 0.1
            printf 'art\\0start_guid\\0True\\0\\0'`);
        expect(heard).toEqual([' connection-established', 'work domain-start']);
        expect(reason).toBe('qubesd closed the connection');
    });

    test('that the policy refuses are told to be', async () => {
        const { reason } = await hear('exit 126');
        expect(reason).toContain('policy of dom0');
    });

    test('do not come while qrexec does not run, which is told', async () => {
        const { reason } = await hear('exit 1');
        expect(reason).toBe('qrexec-client-vm ended with exit code 1');
    });

    test('that are none end it', async () => {
        const { heard, reason } = await hear(
            "printf 'x\\0\\0\\0'; exec sleep 60",
        );
        expect(heard).toEqual([]);
        expect(reason).not.toBe('qubesd closed the connection');
    });

    test('without the program end at once', async () => {
        process.env['PATH'] = bin;
        const reason = await new Promise((resolve) =>
            listenOverQrexec({ onEvent: () => undefined, onEnd: resolve }),
        );
        expect(reason).toBe('qrexec-client-vm: ENOENT');
    });
});
