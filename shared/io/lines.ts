// Lines of a stream whose other end may send anything.
import type { Readable } from 'node:stream';

/** Lines without their ends; null in place of one that is too long. */
export async function* linesOf(
    stream: Readable,
    maxBytes: number,
): AsyncGenerator<Buffer | null> {
    let held: Buffer[] = [];
    let length = 0;
    for await (const chunk of chunksOf(stream)) {
        let rest = chunk;
        for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
            const isTooLong = length + at > maxBytes;
            yield isTooLong
                ? null
                : Buffer.concat([...held, rest.subarray(0, at)]);
            [held, length] = [[], 0];
            rest = rest.subarray(at + 1);
        }
        held.push(rest);
        length += rest.length;
        if (length > maxBytes) {
            yield null;
        }
    }
}

async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
    try {
        yield* stream;
    } catch {
        // A stream that breaks has ended; how, the exit code says.
    }
}
