import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callFailure, readOutcome } from '../../dom0/core/agent-answer.ts';
import { errorCodes } from '../../shared/protocol/answer.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { outcome } from './outcome.ts';

const seed = 20261123;
const refusal = callFailure('refused', 'it refuses the service');
const report = {
    agent: '0.1.0',
    tinyproxy: '1.11.1',
    steps: [],
    clients: [],
    ended: [],
};
const answer = {
    service: 'qubes.FilterProxy',
    version: 1,
    error: null,
    report,
};

function read(stdout: string | Buffer) {
    return readOutcome(refusal, outcome({ stdout }));
}

describe('the outcome of a call', () => {
    test('is the report of the agent', () => {
        expect(read(JSON.stringify(answer))).toEqual({
            ok: true,
            value: report,
        });
    });

    test.each<[string, object, string]>([
        ['a paused or starting qube', { exitCode: 125 }, 'unreachable'],
        ['a refusal', { exitCode: 126 }, 'refused'],
        ['a qube without our agent', { exitCode: 127 }, 'no-agent'],
        ['a qube that dies in the middle', { exitCode: 255 }, 'cut-off'],
        ['an agent killed by a signal', { exitCode: 137 }, 'cut-off'],
        ['no qrexec-client', { exitCode: null }, 'unreachable'],
        ['no answer in time', { exitCode: null, timedOut: true }, 'too-slow'],
        ['an endless answer', { exitCode: null, tooLong: true }, 'bad-answer'],
    ])('tells %s', (_, difference, kind) => {
        const result = readOutcome(refusal, outcome(difference));
        expect(!result.ok && result.error.kind).toBe(kind);
    });

    test.each([
        ['', 'its agent ended with exit code 143'],
        ['no \x1b room', 'its agent ended with exit code 143: "no _ room"'],
    ])('tells an agent that ended with the last words "%s"', (words, told) => {
        const stderr = Buffer.from(words);
        const result = readOutcome(refusal, outcome({ exitCode: 143, stderr }));
        expect(!result.ok && result.error.message).toBe(told);
    });

    test.each([
        ['', 'it is paused, or has not started up yet'],
        [
            'no \x1b vchan\n',
            'not started up yet; qrexec-client says: "no _ vchan"',
        ],
    ])('tells what kept qrexec-client from it: "%s"', (words, told) => {
        const stderr = Buffer.from(words);
        const result = readOutcome(refusal, outcome({ exitCode: 125, stderr }));
        expect(!result.ok && result.error.message.endsWith(told)).toBe(true);
    });

    test('tells an agent that did not start, and why', () => {
        const stderr = Buffer.from('sh: filterproxy-agent: Permission denied');
        const result = readOutcome(refusal, outcome({ exitCode: 99, stderr }));
        expect(!result.ok && result.error).toMatchObject({
            kind: 'cut-off',
            message: `its agent ended with exit code 99: "${stderr}"`,
        });
    });

    test('tells what an agent says as its words, whatever is in them', () => {
        const blanks = ' '.repeat(60);
        const message = `it is too old"${blanks}to mend it: sudo rm -rf /`;
        const error = { code: 'unfit', message };
        const result = read(JSON.stringify({ ...answer, error, report: null }));
        expect(!result.ok && result.error.message).toBe(
            `"it is too old' to mend it: sudo rm -rf /"`,
        );
    });

    test.each(errorCodes)('tells an agent that failed with %s', (code) => {
        const error = { code, message: 'no\x1b[2J\nwonder' };
        const result = readOutcome(
            refusal,
            outcome({
                exitCode: 1,
                stdout: JSON.stringify({ ...answer, error, report: null }),
            }),
        );
        expect(!result.ok && result.error).toEqual({
            kind: 'agent-error',
            code,
            message: '"no_[2J_wonder"',
        });
    });

    test.each<[string, string]>([
        ['nothing', ''],
        ['no JSON', '\x1b]0;title\x07hello'],
        ['another service', JSON.stringify({ ...answer, service: 'x' })],
        ['another version', JSON.stringify({ ...answer, version: 2 })],
        ['unknown fields', JSON.stringify({ ...answer, extra: 1 })],
        [
            'neither error nor report',
            JSON.stringify({ ...answer, report: null }),
        ],
        ['an answer twice', JSON.stringify(answer).repeat(2)],
        [
            'a hostile name',
            JSON.stringify({
                ...answer,
                report: { ...report, clients: [{ name: '../work' }] },
            }),
        ],
        [
            'a text too long',
            JSON.stringify({
                ...answer,
                report: { ...report, agent: 'x'.repeat(2000) },
            }),
        ],
        ['depth', '['.repeat(100_000)],
    ])('refuses %s, and shows it harmlessly', (_, stdout) => {
        const result = read(stdout);
        expect(!result.ok && result.error.kind).toBe('bad-answer');
        expect(!result.ok && result.error.message).toMatch(/^[ -~]{1,600}$/);
    });

    test('refuses an answer over the limit', () => {
        const stdout = Buffer.alloc(limits.answerBytes + 1, ' ');
        expect(read(stdout).ok).toBe(false);
    });

    test('is always a report or a printable failure', () => {
        const good = JSON.stringify(answer);
        const mutated = fc
            .tuple(fc.nat(good.length), fc.nat(9), fc.string())
            .map(
                ([at, drop, put]) =>
                    good.slice(0, at) + put + good.slice(at + drop),
            );
        fc.assert(
            fc.property(
                fc.oneof(mutated, fc.string()),
                fc.integer({ min: 0, max: 255 }),
                fc.string(),
                (stdout, exitCode, stderr) => {
                    const result = readOutcome(
                        refusal,
                        outcome({ exitCode, stdout, stderr }),
                    );
                    expect(
                        result.ok || /^[ -~]*$/.test(result.error.message),
                    ).toBe(true);
                },
            ),
            { seed, numRuns: 2000 },
        );
    });
});
