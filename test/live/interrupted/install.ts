// Runs the agent, and the one that dies, in sys-filter without the way over
// qrexec: there are hundreds of calls.
import { fileURLToPath } from 'node:url';
import type { Answer } from '../../../shared/protocol/answer.ts';
import { document } from '../agent.ts';
import { bed } from '../bed.ts';
import { installProgram } from '../install-program.ts';

const path = '/tmp/interrupted-agent.mjs';

/** Brings the agent that dies into the ProxyVM. */
export function installInterruptedAgent(): Promise<void> {
    const source = fileURLToPath(new URL('agent.ts', import.meta.url));
    return installProgram('sys-filter', source, path);
}

type Clients = readonly object[];

const agent =
    'QREXEC_REMOTE_DOMAIN=dom0 QREXEC_SERVICE_ARGUMENT=apply' +
    ' /usr/lib/qubes/filterproxy/filterproxy-agent qrexec';

/** Applies one after the other; the answers. */
export async function applyEach(...each: Clients[]): Promise<Answer[]> {
    const script = `while read -r document; do printf '%s' "$document" | ${agent}; done`;
    const { stdout } = await runWith(script, each);
    const answers = stdout.trim().split('\n');
    return answers.map((line) => JSON.parse(line) as Answer);
}

export interface Interruption {
    /** Applied whole before. */
    readonly before: readonly Clients[];
    /** Run after that; nothing if left out. */
    readonly accident?: string;
    readonly clients: Clients;
    readonly steps: number;
}

/**
 * Applies `clients` until so many steps are done. Whether it died on the way:
 * false once the whole plan was carried out.
 */
export async function applyInterrupted(of: Interruption): Promise<boolean> {
    const applyOne = `read -r document; printf '%s' "$document" | ${agent}`;
    const script = [
        ...of.before.map(() => applyOne),
        ...(of.accident === undefined ? [] : [of.accident]),
        `read -r document; printf '%s' "$document" | node ${path} ${of.steps}`,
        'echo "ended $?"',
    ].join('\n');
    const { stdout, stderr } = await runWith(script, [
        ...of.before,
        of.clients,
    ]);
    const code = /ended (\d+)\n$/.exec(stdout)?.[1];
    if (code !== '0' && code !== '137') {
        throw new Error(`the interrupted agent ended with ${code}: ${stderr}`);
    }
    return code === '137';
}

/** Each document is a line, made in the order in which it is applied. */
function runWith(script: string, each: readonly Clients[]) {
    const input = each.map((clients) => `${document(clients)}\n`).join('');
    return bed.run(['qube', 'sys-filter', 'sh', '-c', script], { input });
}
