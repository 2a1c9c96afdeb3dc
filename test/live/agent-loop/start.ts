// Hundreds of calls of the agent in sys-filter, without the way over qrexec
// and without a start of Node.js for each.
import { fileURLToPath } from 'node:url';
import type { Answer } from '../../../shared/protocol/answer.ts';
import { document } from '../agent.ts';
import { bed } from '../bed.ts';
import { installProgram } from '../install-program.ts';
import { talkTo } from '../talk-to.ts';

const path = '/tmp/agent-loop.mjs';

export interface AgentLoop {
    apply(clients: readonly object[]): Promise<Answer>;
    end(): Promise<void>;
}

export async function startAgentLoop(): Promise<AgentLoop> {
    const source = fileURLToPath(new URL('loop.ts', import.meta.url));
    await installProgram('sys-filter', source, path);
    const talk = talkTo(bed.spawn(['qube', 'sys-filter', 'node', path]));
    return {
        async apply(clients) {
            const answer = await talk.ask(document(clients));
            return JSON.parse(answer) as Answer;
        },
        end: talk.end,
    };
}
