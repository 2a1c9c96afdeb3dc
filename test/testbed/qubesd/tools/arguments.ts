// As much of Python's argparse as the qvm-* tools need: options anywhere,
// `--option=value`, `-qO IP`, and its words for mistakes. Options must be
// written out: an abbreviation counts as unrecognized.

import { pythonRepr } from '../python.ts';

export interface Option {
    /** As on the command line, e.g. `--quiet`, `-q`. */
    readonly names: readonly string[];
    /** None, one, or all words up to the next option. */
    readonly takes: 'nothing' | 'one' | 'many';
    readonly integer?: true;
}

/** One parser: a tool, or a sub-command of one. */
export interface Usage {
    /** As messages call it: `qvm-firewall VMNAME add`. */
    readonly program: string;
    readonly text: string;
    readonly options: readonly Option[];
}

/** Exit code 2, the usage, and one line of what is wrong. */
export class UsageError extends Error {
    readonly usage: Usage;

    constructor(usage: Usage, message: string) {
        super(message);
        this.usage = usage;
    }
}

export interface Arguments {
    readonly positionals: readonly string[];
    /** What follows the last positional that was asked for. */
    readonly rest: readonly string[];
    readonly unrecognized: readonly string[];
    readonly has: (name: string) => boolean;
    readonly values: (name: string) => readonly string[];
}

interface State {
    readonly usage: Usage;
    readonly given: Map<Option, string[]>;
    readonly positionals: string[];
    readonly unrecognized: string[];
}

/** With `stopAfter` positionals the rest is left to a sub-command. */
export function parseArguments(
    usage: Usage,
    argv: readonly string[],
    stopAfter = Number.POSITIVE_INFINITY,
): Arguments {
    const state: State = {
        usage,
        given: new Map(),
        positionals: [],
        unrecognized: [],
    };
    let rest = [...argv];
    while (rest.length > 0 && state.positionals.length < stopAfter) {
        rest = takeWord(state, rest);
    }
    const find = (name: string) =>
        usage.options.find(({ names }) => names.includes(name));
    const valuesOf = (name: string) => {
        const option = find(name);
        return option && state.given.get(option);
    };
    return {
        positionals: state.positionals,
        unrecognized: state.unrecognized,
        rest,
        has: (name) => valuesOf(name) !== undefined,
        values: (name) => valuesOf(name) ?? [],
    };
}

function takeWord(state: State, [word = '', ...rest]: string[]): string[] {
    if (word === '--') {
        state.positionals.push(...rest);
        return [];
    }
    if (!isOption(word)) {
        state.positionals.push(word);
        return rest;
    }
    return word.startsWith('--')
        ? takeLong(state, word, rest)
        : takeShort(state, word, rest);
}

function isOption(word: string): boolean {
    return (
        word.startsWith('-') &&
        word !== '-' &&
        !word.includes(' ') &&
        !/^-[0-9]+$/.test(word)
    );
}

function takeLong(state: State, word: string, rest: string[]): string[] {
    const [name = '', ...attached] = word.split('=');
    const option = state.usage.options.find(({ names }) =>
        names.includes(name),
    );
    if (option === undefined) {
        state.unrecognized.push(word);
        return rest;
    }
    if (attached.length === 0) {
        return takeValues(state, option, rest);
    }
    if (option.takes === 'nothing') {
        const value = pythonRepr(attached.join('='));
        throw wrong(state, option, `ignored explicit argument ${value}`);
    }
    give(state, option, [attached.join('=')]);
    return rest;
}

/** `-q`, `-qq`, `-OIP`, `-O IP`. */
function takeShort(state: State, word: string, rest: string[]): string[] {
    const option = state.usage.options.find(({ names }) =>
        names.includes(word.slice(0, 2)),
    );
    const attached = word.slice(2);
    if (option === undefined) {
        state.unrecognized.push(word);
        return rest;
    }
    if (attached === '') {
        return takeValues(state, option, rest);
    }
    if (option.takes === 'nothing') {
        give(state, option, []);
        return takeShort(state, `-${attached}`, rest);
    }
    give(state, option, [attached]);
    return rest;
}

function takeValues(
    state: State,
    option: Option,
    rest: readonly string[],
): string[] {
    const next = rest.findIndex(isOption);
    const available = next < 0 ? rest : rest.slice(0, next);
    const count = { nothing: 0, one: 1, many: available.length }[option.takes];
    if (option.takes !== 'nothing' && available.length === 0) {
        const expected =
            option.takes === 'one'
                ? 'expected one argument'
                : 'expected at least one argument';
        throw wrong(state, option, expected);
    }
    give(state, option, rest.slice(0, count));
    return rest.slice(count);
}

function give(state: State, option: Option, words: readonly string[]): void {
    for (const word of words) {
        if (option.integer && !/^[+-]?[0-9]+$/.test(word)) {
            throw wrong(
                state,
                option,
                `invalid int value: ${pythonRepr(word)}`,
            );
        }
    }
    state.given.set(option, [...(state.given.get(option) ?? []), ...words]);
}

function wrong({ usage }: State, { names }: Option, what: string): UsageError {
    return new UsageError(usage, `argument ${names.join('/')}: ${what}`);
}
