import type { Readable } from 'node:stream';
import { limits } from '../shared/protocol/limits.ts';
import { AgentFailure } from './failure.ts';

/** Reads the request to its end, bounded in bytes and in time. */
export async function readRequest(stdin: Readable): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    const late = new AgentFailure('request', 'the request does not end');
    const timer = setTimeout(() => stdin.destroy(late), limits.requestMs);
    try {
        for await (const chunk of stdin) {
            chunks.push(chunk);
            length += chunk.length;
            if (length > limits.requestBytes) {
                throw new AgentFailure(
                    'request',
                    `the request is longer than ${limits.requestBytes} bytes`,
                );
            }
        }
    } finally {
        clearTimeout(timer);
    }
    return Buffer.concat(chunks);
}
