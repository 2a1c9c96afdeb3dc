// The command line in dom0, from its start to its end.
import { client } from '../bed.ts';
import type { Bench } from '../bench.ts';
import { bareNode } from '../floors.ts';
import type { Case, Group } from '../measure.ts';

export function startOfCommand({ dom0, isQuick }: Bench): Group {
    return {
        title: 'the command in dom0 starts',
        rounds: isQuick ? 5 : 20,
        cases: [
            command(dom0, ['--version']),
            command(dom0, ['list']),
            bareQvmLs(dom0),
            bareNode(dom0),
        ],
    };
}

export function changeInDom0({ dom0, isQuick }: Bench): Group {
    return {
        title: 'a rule is changed in dom0, with one client',
        rounds: isQuick ? 3 : 10,
        // Not the last rule: with that the proxy goes, table and all.
        setUp: () => run(dom0, ['allow', client, 'first.test']),
        cases: [
            command(dom0, ['allow', client, 'added.test']),
            command(dom0, ['remove', client, 'added.test']),
            bareQvmLs(dom0),
            bareNode(dom0),
        ],
        tearDown: () => run(dom0, ['remove', client, 'first.test']),
    };
}

function command(dom0: Bench['dom0'], args: readonly string[]): Case {
    const words = args.filter((word) => word !== client);
    return {
        name: ['qvm-filterproxy', ...words].join(' '),
        role: 'ours',
        time: async () =>
            (await dom0.must({ file: 'qvm-filterproxy', args })).milliseconds,
    };
}

/** What all of them ask; here a stand-in answers, written for Node.js. */
function bareQvmLs(dom0: Bench['dom0']): Case {
    const program = {
        file: 'qvm-ls',
        args: ['--raw-data', '--fields', 'name'],
    };
    return {
        name: "qvm-ls, the testbed's",
        role: 'floor',
        time: async () => (await dom0.must(program)).milliseconds,
    };
}

async function run(dom0: Bench['dom0'], args: readonly string[]) {
    await dom0.must({ file: 'qvm-filterproxy', args });
}
