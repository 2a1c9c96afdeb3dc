// In a qube: runs the programs it is asked for, a line of JSON each, and says
// how long each took. Here, so that the way into the qube is not counted.
import { createInterface } from 'node:readline';
import type { Request } from '../stopwatch/protocol.ts';
import { timeProgram, timeUntilListening } from '../stopwatch/time.ts';

for await (const line of createInterface({ input: process.stdin })) {
    const request: Request = JSON.parse(line);
    const answer =
        request.untilPort === null
            ? await timeProgram(request)
            : await timeUntilListening(request, request.untilPort);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
