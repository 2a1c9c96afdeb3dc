// How the agent takes the ends of journalctl.
import { expect, test } from 'vitest';
import { readJournal } from '../../proxyvm/observe/journal.ts';
import type { StreamEnd } from '../../shared/io/stream-command.ts';

function read(end: StreamEnd): Promise<void> {
    return readJournal({
        stream: () => Promise.resolve(end),
        isFollowed: false,
        signal: new AbortController().signal,
        onLine: () => undefined,
    });
}

function exit(
    exitCode: number | null,
    stderr = '',
    startError: string | null = null,
): StreamEnd {
    const said = Buffer.from(stderr);
    return { kind: 'exit', exitCode, stderr: said, startError };
}

test('a journal without a line of this boot has nothing to tell', async () => {
    const said =
        'Data from the specified boot (+0) is not available: ' +
        'No such boot ID in journal\n';
    await expect(read(exit(1, said))).resolves.toBeUndefined();
    await expect(read(exit(0))).resolves.toBeUndefined();
});

test.each([
    [exit(1, 'no \u001b[31mway\n'), 'ended with 1: no _[31mway'],
    [exit(1, 'x'.repeat(9000)), `ended with 1: ${'x'.repeat(297)}...`],
    [exit(null, 'half'), 'ended with a signal: half'],
    [exit(null, '', 'ENOENT'), 'did not start (ENOENT)'],
    [{ kind: 'too-long' } as const, 'too-long'],
    [{ kind: 'silent' } as const, 'silent'],
])('a journal that is not read to its end fails: %#', async (end, why) => {
    const failure = { message: `journalctl: ${why}` };
    await expect(read(end)).rejects.toMatchObject(failure);
});

test('who follows it ends it', async () => {
    await expect(read({ kind: 'aborted' })).resolves.toBeUndefined();
});
