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

function exit(exitCode: number | null, stderr = ''): StreamEnd {
    return { kind: 'exit', exitCode, stderr: Buffer.from(stderr) };
}

test('a journal without a line of this boot has nothing to tell', async () => {
    const said =
        'Data from the specified boot (+0) is not available: ' +
        'No such boot ID in journal\n';
    await expect(read(exit(1, said))).resolves.toBeUndefined();
    await expect(read(exit(0))).resolves.toBeUndefined();
});

test.each([
    exit(1, 'Failed to open: Permission denied\n'),
    exit(1),
    exit(null),
    { kind: 'too-long' } as const,
    { kind: 'silent' } as const,
])('a journal that is not read to its end is a failure: %j', async (end) => {
    await expect(read(end)).rejects.toThrow('journalctl: ');
});

test('who follows it ends it', async () => {
    await expect(read({ kind: 'aborted' })).resolves.toBeUndefined();
});
