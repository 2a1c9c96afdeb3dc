// A client that hammers its proxy while a test goes on.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sysFilter } from '../agent.ts';
import { bed } from '../bed.ts';
import { installProgram } from '../install-program.ts';
import type { Report } from './report.ts';

const path = '/tmp/hammer.mjs';

export interface Hosts {
    readonly always: string;
    readonly never: string;
    readonly changing: readonly string[];
}

export interface Hammer {
    /** Resolves when a tunnel to that host is open. */
    tunnel(host: string): Promise<void>;
    /** Ends it; what it did and saw. */
    stop(): Promise<Report>;
}

export async function startHammer(
    qube: string,
    { always, never, changing }: Hosts,
): Promise<Hammer> {
    const source = fileURLToPath(new URL('hammer.ts', import.meta.url));
    await installProgram(qube, source, path);
    const args = [sysFilter, always, never, ...changing];
    const child = bed.spawn(['qube', qube, 'node', path, ...args]);
    const lines = createInterface({ input: child.stdout })[
        Symbol.asyncIterator
    ]();
    const nextLine = async () => {
        const line = await lines.next();
        if (line.done === true) {
            throw new Error(`the hammer in ${qube} is gone`);
        }
        return line.value;
    };
    return {
        async tunnel(host) {
            child.stdin.write(`tunnel ${host}\n`);
            await nextLine();
        },
        async stop() {
            child.stdin.write('stop\n');
            const report = JSON.parse(await nextLine()) as Report;
            await child;
            return report;
        },
    };
}
