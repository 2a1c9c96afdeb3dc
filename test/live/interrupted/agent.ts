// The agent's apply, killed after so many steps: runs in a ProxyVM with a
// document on stdin. Ends by SIGKILL, or with 0 if the plan was shorter. Until
// then it looks after each step whether what the agent foresees came true.
import { buffer } from 'node:stream/consumers';
import { apply } from '../../../proxyvm/apply/apply.ts';
import { execute } from '../../../proxyvm/apply/executors.ts';
import { accept } from '../../../proxyvm/apply/issued.ts';
import { withLock } from '../../../proxyvm/apply/lock.ts';
import type { Step } from '../../../proxyvm/core/step.ts';
import { readClocks } from '../../../proxyvm/observe/clocks.ts';
import { observe } from '../../../proxyvm/observe/observe.ts';
import { observeTinyproxy } from '../../../proxyvm/observe/tinyproxy.ts';
import { runCommand as run } from '../../../shared/io/run-command.ts';
import { desiredState } from '../../../shared/protocol/desired-state.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { requireForeseen, requireSame } from './foresight.ts';

const stepsToDo = Number(process.argv[2]);
const bytes = await buffer(process.stdin);
const desired = decode(desiredState, bytes, limits.requestBytes);
const tinyproxy = await observeTinyproxy(run);
if (!desired.ok || !tinyproxy.ok) {
    throw new Error('a document and a tinyproxy are needed');
}
const { issued, clients } = desired.value;
const tools = {
    run,
    tinyproxy: tinyproxy.value,
    planned: readClocks(),
    countEnded: () => undefined,
};
let done = 0;

function dieIfDone(): void {
    if (done >= stepsToDo) {
        process.kill(process.pid, 'SIGKILL');
    }
}

await withLock(run, async () => {
    await accept(issued);
    const start = await observe(run);
    let before = start;
    const { observed } = await apply(
        {
            before: start,
            observe: () => observe(run),
            execute: async (step: Step) => {
                dieIfDone();
                await execute(tools, step);
                const seen = await observe(run);
                requireForeseen(before, step, seen);
                before = seen;
                done += 1;
                dieIfDone();
            },
        },
        clients,
    );
    const message = 'what the agent says is there is not';
    requireSame(await observe(run), observed, message);
});
