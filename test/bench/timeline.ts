// Where the time of a call of the agent goes: the programs that it runs.
import { readFileSync } from 'node:fs';
import { apply } from './agent.ts';
import type { Client } from './documents.ts';
import { bundle } from './paths.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

/** Milliseconds since the start of the process. */
export interface Span {
    readonly what: string;
    readonly began: number;
    readonly ended: number;
}

/** Of one apply, a line for each program. */
export async function timelineOfApply(
    stopwatch: Stopwatch,
    clients: readonly Client[],
): Promise<string[]> {
    const [code, result] = ['/run/bench/timeline.mjs', '/run/bench/timeline'];
    await stopwatch.must({
        file: 'sh',
        args: ['-c', 'mkdir -p /run/bench; cat >"$1"', 'sh', code],
        input: readFileSync(bundle('timeline'), 'utf8'),
    });
    const env = { NODE_OPTIONS: `--import=${code}`, TIMELINE: result };
    await apply(stopwatch, clients, env);
    return formatTimeline(JSON.parse(await stopwatch.sh(`cat ${result}`)));
}

const widestCommand = 60;

export function formatTimeline(spans: readonly Span[]): string[] {
    return spans
        .toSorted((one, other) => one.began - other.began)
        .map(({ what, began, ended }) => {
            const [from, to] = [began, ended].map((time) =>
                time.toFixed(0).padStart(5),
            );
            return `${from} ..${to}  ${what.slice(0, widestCommand)}`;
        });
}
