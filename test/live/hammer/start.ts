// A client that hammers its proxy while a test goes on.
import { fileURLToPath } from 'node:url';
import { sysFilter } from '../agent.ts';
import { bed } from '../bed.ts';
import { installProgram } from '../install-program.ts';
import { talkTo } from '../talk-to.ts';
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
    const talk = talkTo(bed.spawn(['qube', qube, 'node', path, ...args]));
    return {
        async tunnel(host) {
            await talk.ask(`tunnel ${host}`);
        },
        async stop() {
            const report = JSON.parse(await talk.ask('stop')) as Report;
            await talk.end();
            return report;
        },
    };
}
