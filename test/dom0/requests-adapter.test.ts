// How the end of listening to a ProxyVM is told.

import { describe, expect, test } from 'vitest';
import { dom0Qrexec } from '../../dom0/adapters/qrexec.ts';
import {
    qrexecAskRequests,
    qrexecFollowRequests,
} from '../../dom0/adapters/requests.ts';
import type {
    StreamEnd,
    StreamOptions,
} from '../../shared/io/stream-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import { requestsText } from './fake-requests.ts';
import { outcome } from './outcome.ts';
import { nameOf } from './rules.ts';

const proxyvm = nameOf('sys-filter');
const { signal } = new AbortController();
const exit = (exitCode: number | null): StreamEnd => ({
    kind: 'exit',
    exitCode,
    stderr: Buffer.from('last\u001b words'),
    startError: null,
});

/** Listens to a program that says that, and ends so. */
async function follow(lines: readonly string[], end: StreamEnd) {
    const heard: Requests[] = [];
    let asked: Pick<StreamOptions, 'input' | 'maxLineBytes'> | undefined;
    const followRequests = qrexecFollowRequests(async (file, args, options) => {
        expect([file, ...args]).toEqual([
            ...['qrexec-client', '-d', 'sys-filter'],
            'root:QUBESRPC qubes.FilterProxy+follow dom0',
        ]);
        asked = options;
        for (const line of lines) {
            if (!(await options.onLine(Buffer.from(line)))) {
                return { kind: 'enough' };
            }
        }
        return end;
    }, dom0Qrexec);
    const onAnswer = (requests: Requests) => {
        heard.push(requests);
    };
    const failure = await followRequests(proxyvm, onAnswer, signal);
    return { failure, heard, asked };
}

describe('listening to a ProxyVM', () => {
    test('asks for all, in a line', async () => {
        const { asked, failure } = await follow([], { kind: 'aborted' });
        expect(asked).toMatchObject({
            input: '{"version":1,"sinceSeconds":null}\n',
            maxLineBytes: limits.answerBytes,
        });
        expect(failure).toBe(null);
    });

    test.each([
        [{ kind: 'too-long' } as const, 'bad-answer', 'longer than 4194304'],
        [{ kind: 'silent' } as const, 'too-slow', 'nothing for 30 seconds'],
        [exit(255), 'cut-off', 'went away in the middle'],
        [exit(127), 'no-agent', 'no filter proxy agent'],
        [exit(126), 'refused', 'refuses the service'],
        [exit(125), 'unreachable', 'paused'],
        [exit(null), 'unreachable', 'was killed'],
        [exit(0), 'cut-off', 'exit code 0: "last_ words"'],
    ])('after %j says why it is over', async (end, kind, message) => {
        const { failure, heard } = await follow([requestsText([])], end);
        expect(heard).toEqual([{ clients: [] }]);
        expect(failure).toMatchObject({ kind });
        expect(failure?.message).toContain(message);
    });

    test('ends at the first line that is no answer', async () => {
        const lines = [requestsText([]), 'nonsense', requestsText([])];
        const { failure, heard } = await follow(lines, exit(0));
        expect(heard).toHaveLength(1);
        expect(failure).toMatchObject({ kind: 'bad-answer' });
    });
});

test('one question is bounded in what it takes, and in time', async () => {
    let asked: unknown;
    const askRequests = qrexecAskRequests(async (file, args, options) => {
        asked = [file, ...args, options];
        return outcome({ stdout: requestsText([]) });
    }, dom0Qrexec);
    expect(await askRequests(proxyvm, 60)).toEqual({
        ok: true,
        value: { clients: [] },
    });
    expect(asked).toEqual([
        ...['qrexec-client', '-d', 'sys-filter'],
        'root:QUBESRPC qubes.FilterProxy+requests dom0',
        {
            input: '{"version":1,"sinceSeconds":60}\n',
            timeoutMs: limits.answerMs,
            maxBytes: limits.answerBytes,
        },
    ]);
});
