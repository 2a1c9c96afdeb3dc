// Runs the agent that dies in sys-filter.
import { fileURLToPath } from 'node:url';
import { document } from '../agent.ts';
import { bed } from '../bed.ts';
import { installProgram } from '../install-program.ts';

const path = '/tmp/interrupted-agent.mjs';

/** Brings the agent that dies into the ProxyVM. */
export function installInterruptedAgent(): Promise<void> {
    const source = fileURLToPath(new URL('agent.ts', import.meta.url));
    return installProgram('sys-filter', source, path);
}

/**
 * Applies `clients` until so many steps are done. Whether it died on the way:
 * false once the whole plan was carried out.
 */
export async function applyInterrupted(
    clients: readonly object[],
    steps: number,
): Promise<boolean> {
    const { exitCode, stderr } = await bed.run(
        ['qube', 'sys-filter', 'node', path, String(steps)],
        { input: document(clients) },
    );
    if (stderr !== '') {
        throw new Error(`the interrupted agent failed: ${stderr}`);
    }
    return exitCode !== 0;
}
