import type { Bench } from '../bench.ts';
import type { Attachment } from '../documents.ts';
import type { Group } from '../measure.ts';
import { cold } from './cold.ts';
import { changeInDom0, startOfCommand } from './dom0.ts';
import { nothingToDo, oneRule } from './steady.ts';
import { underLoad } from './under-load.ts';

/** How many clients, and in how many rounds. */
const coldStarts = [
    [1, 10],
    [5, 10],
    [20, 8],
    [100, 3],
] as const;
const quickColdStarts = [
    [1, 3],
    [5, 3],
    [20, 3],
] as const;

/** In the order they are measured and shown. */
export function allGroups(bench: Bench, client: Attachment): Group[] {
    const starts = bench.isQuick ? quickColdStarts : coldStarts;
    return [
        nothingToDo(bench),
        oneRule(bench),
        underLoad(bench, client),
        ...starts.map(([count, rounds]) => cold(bench, count, rounds)),
        startOfCommand(bench),
        changeInDom0(bench),
    ];
}
