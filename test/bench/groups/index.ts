import type { Bench } from '../bench.ts';
import type { Group } from '../measure.ts';
import { bigFilter } from './big-filter.ts';
import { blocked } from './blocked.ts';
import { clientStart, nextClientStart } from './client-start.ts';
import { cold } from './cold.ts';
import { changeInDom0, startOfCommand } from './dom0.ts';
import { manyQubes } from './many-qubes.ts';
import { memoryOfDaemon, memoryOfProxy, memoryOfProxyvm } from './memory.ts';
import { oneEvent } from './one-event.ts';
import { recordingAll, recordingRefusals } from './recording.ts';
import { requests } from './requests.ts';
import { nothingToDo, oneRule } from './steady.ts';
import { tunnels } from './tunnels.ts';
import { underLoad } from './under-load.ts';
import { watch } from './watch.ts';

export interface NamedGroup {
    /** One word, to choose it by. */
    readonly name: string;
    readonly make: (bench: Bench) => Group;
}

/** How many clients, and in how many rounds. */
const coldStarts = [
    [1, 10],
    [5, 10],
    [20, 10],
    [100, 10],
] as const;
const quickColdStarts = [
    [1, 3],
    [5, 3],
    [20, 3],
] as const;

/** In the order they are measured and shown. */
export function allGroups(isQuick: boolean): NamedGroup[] {
    const starts = isQuick ? quickColdStarts : coldStarts;
    return [
        { name: 'nothing-to-do', make: nothingToDo },
        { name: 'one-rule', make: oneRule },
        { name: 'under-load', make: underLoad },
        ...[10_000, 100_000].map((size) => ({
            name: `long-list-${size}`,
            make: (bench: Bench) => bigFilter(bench, size),
        })),
        ...starts.map(([count, rounds]) => ({
            name: `cold-${count}`,
            make: (bench: Bench) => cold(bench, count, rounds),
        })),
        ...[['--help'], ['list']].map((args) => ({
            name: `command-${args.join().replace('--', '')}`,
            make: (bench: Bench) => startOfCommand(bench, ...args),
        })),
        ...(['allow', 'remove'] as const).map((verb) => ({
            name: `command-${verb}`,
            make: (bench: Bench) => changeInDom0(bench, verb),
        })),
        { name: 'update-200', make: () => manyQubes(10) },
        ...[10, 100, 1000].map((count) => ({
            name: `event-${count}`,
            make: () => oneEvent(count),
        })),
        { name: 'recording-refusals', make: recordingRefusals },
        ...([403, 200] as const).map((status) => ({
            name: `recording-all-${status === 200 ? 'allowed' : 'refused'}`,
            make: (bench: Bench) => recordingAll(bench, status),
        })),
        { name: 'watch', make: watch },
        { name: 'blocked', make: blocked },
        ...[1, 64].map((connections) => ({
            name: `requests-${connections}`,
            make: (bench: Bench) => requests(bench, connections),
        })),
        { name: 'tunnels', make: tunnels },
        { name: 'memory-daemon', make: memoryOfDaemon },
        { name: 'memory-proxyvm', make: memoryOfProxyvm },
        { name: 'memory-proxy', make: memoryOfProxy },
        // The last ones: their client is another domain afterwards.
        { name: 'client-start', make: clientStart },
        { name: 'client-start-next', make: nextClientStart },
    ];
}
