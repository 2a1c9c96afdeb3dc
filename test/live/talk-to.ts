import { createInterface } from 'node:readline';
import type { bed } from './bed.ts';

export interface Talk {
    /** Sends a line; the line that comes back. */
    ask(line: string): Promise<string>;
    /** No more lines come; resolves when the program has ended. */
    end(): Promise<void>;
}

/** A program that answers each line with a line. */
export function talkTo(child: ReturnType<typeof bed.spawn>): Talk {
    const lines = createInterface({ input: child.stdout })[
        Symbol.asyncIterator
    ]();
    return {
        async ask(line) {
            child.stdin.write(`${line}\n`);
            const answer = await lines.next();
            if (answer.done === true) {
                throw new Error(`the program ended before it answered ${line}`);
            }
            return answer.value;
        },
        async end() {
            child.stdin.end();
            await child;
        },
    };
}
