// An expression for what an automaton accepts: its states are taken away one
// by one, each replaced by the ways that led through it (Brzozowski and
// McCluskey 1963), the one first that makes the rest grow least (Delgado and
// Morais 2004).
import { textOf } from './expression-text.ts';
import { joinLoop } from './factor.ts';
import {
    emptyString,
    type HostExpression,
    nothing,
} from './host-expression.ts';
import type { LeafAutomaton } from './leaf-automaton.ts';
import { mergeStates } from './merge-states.ts';
import { MoveGraph } from './move-graph.ts';

const start = -1;
const end = -2;

/** Its parts would not fit in a line, so that the whole would not. */
const maxStates = 150;

/**
 * The expression without the empty string, null when one of its parts would
 * be written with more than `maxLength` characters.
 */
export function expressionOf(
    automaton: LeafAutomaton,
    maxLength: number,
): HostExpression | null {
    const graph = graphOf(automaton);
    for (;;) {
        mergeStates(graph);
        const states = graph.inner();
        const [state] = states
            .map((each) => ({ each, growth: growthOf(graph, each) }))
            .sort((a, b) => a.growth - b.growth);
        if (state === undefined) {
            return graph.out(start).get(end) ?? nothing;
        }
        if (
            states.length > maxStates ||
            !passBy(graph, state.each, maxLength)
        ) {
            return null;
        }
    }
}

function graphOf({ leaves, following, first, last }: LeafAutomaton): MoveGraph {
    const graph = new MoveGraph();
    const lead = (from: number, to: number): void => {
        const leaf = leaves[to];
        if (leaf !== undefined) {
            graph.add(from, to, leaf);
        }
    };
    for (const position of first) {
        lead(start, position);
    }
    for (const [position, next] of following.entries()) {
        for (const after of next) {
            lead(position, after);
        }
    }
    for (const position of last) {
        graph.add(position, end, emptyString);
    }
    return graph;
}

/** By how much all that is written grows without this state. */
function growthOf(graph: MoveGraph, state: number): number {
    const into = lengthsOf(graph.into(state), state);
    const out = lengthsOf(graph.out(state), state);
    const loop = graph.out(state).get(state);
    const looped = loop === undefined ? 0 : textOf(loop).length + 3;
    return (
        sum(into) * (out.length - 1) +
        sum(out) * (into.length - 1) +
        looped * (into.length * out.length - 1)
    );
}

function lengthsOf(
    moves: ReadonlyMap<number, HostExpression>,
    state: number,
): number[] {
    return [...moves]
        .filter(([beyond]) => beyond !== state)
        .map(([, label]) => textOf(label).length);
}

function sum(lengths: readonly number[]): number {
    return lengths.reduce((all, length) => all + length, 0);
}

/** Leads around a state; whether all is still short enough. */
function passBy(graph: MoveGraph, state: number, maxLength: number): boolean {
    const loop = graph.out(state).get(state);
    let isShort = true;
    for (const [from, before] of graph.into(state)) {
        for (const [to, after] of graph.out(state)) {
            if (from !== state && to !== state) {
                const way = joinLoop(before, loop, after);
                graph.add(from, to, way);
                isShort &&= textOf(way).length <= maxLength;
            }
        }
    }
    graph.remove(state);
    return isShort;
}
