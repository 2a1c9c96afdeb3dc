import { textOf } from './expression-text.ts';
import type { HostExpression } from './host-expression.ts';
import type { MoveGraph } from './move-graph.ts';

/** Makes one of states that the same leads into, or the same leads out of. */
export function mergeStates(graph: MoveGraph): void {
    while (mergeBy(graph, 'out', 'into') || mergeBy(graph, 'into', 'out')) {
        // Merged states may be what others differed in.
    }
}

type Direction = 'out' | 'into';

/** Whether there were states that are alike in one direction. */
function mergeBy(
    graph: MoveGraph,
    alike: Direction,
    united: Direction,
): boolean {
    const known = new Map<string, number>();
    let merged = false;
    for (const state of graph.inner()) {
        const key = keyOf(graph[alike](state));
        const kept = known.get(key);
        if (kept === undefined) {
            known.set(key, state);
            continue;
        }
        for (const [beyond, label] of graph[united](state)) {
            if (beyond !== state) {
                const ends =
                    united === 'into' ? [beyond, kept] : [kept, beyond];
                graph.add(ends[0] ?? kept, ends[1] ?? kept, label);
            }
        }
        graph.remove(state);
        merged = true;
        // What led there leads elsewhere now, so keys have changed.
        known.clear();
    }
    return merged;
}

function keyOf(moves: ReadonlyMap<number, HostExpression>): string {
    return [...moves]
        .map(([state, label]) => `${state} ${textOf(label)}`)
        .sort()
        .join('\n');
}
