// The command line in dom0, from its start to its end.
import { timesFloor } from '../aims.ts';
import { client } from '../bed.ts';
import type { Bench } from '../bench.ts';
import { bareQvmPrefs, bareRoundTrip } from '../dom0-floors.ts';
import { bareNode } from '../floors.ts';
import type { Group } from '../measure.ts';

/** Of a command that only says something. */
export function startOfCommand(
    { dom0, isQuick }: Bench,
    ...args: readonly string[]
): Group {
    return {
        title: `qvm-filterproxy ${args.join(' ')}`,
        rounds: isQuick ? 5 : 20,
        aims: [timesFloor(1.25)],
        cases: [
            {
                name: 'the command',
                role: 'ours',
                measure: () => time(dom0, args),
            },
            bareNode(dom0),
        ],
    };
}

/** From what is typed to what is in force, and told. */
export function changeInDom0(
    { dom0, isQuick }: Bench,
    verb: 'allow' | 'remove',
): Group {
    const added = [client, 'added.test'];
    const other = verb === 'allow' ? 'remove' : 'allow';
    return {
        title: `qvm-filterproxy ${verb}, until it is in force`,
        rounds: isQuick ? 3 : 10,
        aims: [timesFloor(1.3)],
        // Not the last rule: with that the proxy goes, table and all.
        setUp: async () => {
            await time(dom0, ['allow', client, 'first.test']);
            if (verb === 'remove') {
                await time(dom0, ['allow', ...added]);
            }
        },
        cases: [
            {
                name: 'the command',
                role: 'ours',
                measure: () => time(dom0, [verb, ...added]),
                restore: async () => {
                    await time(dom0, [other, ...added]);
                },
            },
            bareNode(dom0),
            bareQvmPrefs(dom0),
            bareRoundTrip(dom0),
        ],
        tearDown: async () => {
            if (verb === 'remove') {
                await time(dom0, ['remove', ...added]);
            }
            await time(dom0, ['remove', client, 'first.test']);
        },
    };
}

async function time(
    dom0: Bench['dom0'],
    args: readonly string[],
): Promise<number> {
    const program = { file: 'qvm-filterproxy', args };
    return (await dom0.must(program)).milliseconds;
}
