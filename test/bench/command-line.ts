import { parseArgs } from 'node:util';

export const usage = `usage: npm run bench -- [--quick] [--cases] [--timeline] [--json] [GROUP...]
Measures the agent and the command on the testbed, next to what they are
compared to, and prints a table; the numbers are in dist/bench/result.json.
    --quick     fewer rounds and fewer clients
    --cases     also all that was measured, part by part
    --json      for programs: an array of the table's rows, and nothing else
    --timeline  also which programs the agent runs, and when
    GROUP       only the groups whose names contain one of these words
`;

export class UsageError extends Error {}

export interface Options {
    readonly isQuick: boolean;
    readonly hasCases: boolean;
    readonly hasTimeline: boolean;
    readonly isJson: boolean;
    readonly isHelp: boolean;
    readonly words: readonly string[];
}

export function parseOptions(args: readonly string[]): Options {
    try {
        const { values, positionals } = parseArgs({
            args: [...args],
            options: {
                quick: { type: 'boolean', default: false },
                cases: { type: 'boolean', default: false },
                timeline: { type: 'boolean', default: false },
                json: { type: 'boolean', default: false },
                help: { type: 'boolean', short: 'h', default: false },
            },
            allowPositionals: true,
        });
        return {
            isQuick: values.quick,
            hasCases: values.cases,
            hasTimeline: values.timeline,
            isJson: values.json,
            isHelp: values.help,
            words: positionals,
        };
    } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : '');
    }
}

/** All without words; a word that chooses nothing is an error. */
export function choose<Named extends { readonly name: string }>(
    all: readonly Named[],
    words: readonly string[],
): Named[] {
    const names = all.map(({ name }) => name);
    const idle = words.find(
        (word) => !names.some((name) => name.includes(word)),
    );
    if (idle !== undefined) {
        throw new UsageError(
            `no group has "${idle}" in its name; there are ${names.join(', ')}`,
        );
    }
    return all.filter(
        ({ name }) =>
            words.length === 0 || words.some((word) => name.includes(word)),
    );
}
