// The agent's calls in one process, for tests with hundreds of them: each
// line on stdin is a document to apply, each line on stdout the answer.
import { createInterface } from 'node:readline';
import { call } from '../../../proxyvm/call.ts';
import { runCommand } from '../../../shared/io/run-command.ts';

for await (const line of createInterface({ input: process.stdin })) {
    const answer = await call(runCommand, 'apply', Buffer.from(line));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
