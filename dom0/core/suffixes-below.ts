// What the functions of tldts do not tell: whether public suffixes lie below a
// domain. Its list is a tree of labels, the last one first; the edges of a node
// follow each other, as do their labels in one long text.
import {
    edgeChild,
    edgeLength,
    edgeStart,
    labelText,
    rulesRoot,
} from 'tldts/dist/es6/src/data/trie.js';

/** Whether names of others may be registered below it, by the list. */
export function hasSuffixesBelow(domain: string): boolean {
    let nodes = [rulesRoot];
    for (const label of domain.split('.').reverse()) {
        nodes = nodes.flatMap((node) => children(node, label));
    }
    return nodes.some((node) => edgesOf(node).length > 0);
}

function children(node: number, label: string): number[] {
    return edgesOf(node)
        .filter((edge) => [label, '*'].includes(labelOf(edge)))
        .flatMap((edge) => edgeChild[edge] ?? []);
}

function edgesOf(node: number): number[] {
    const start = edgeStart[node] ?? 0;
    const end = edgeStart[node + 1] ?? start;
    return Array.from({ length: end - start }, (_, index) => start + index);
}

let starts: Uint32Array | null = null;

function labelOf(edge: number): string {
    starts ??= startsOfLabels();
    const start = starts[edge] ?? 0;
    return labelText.slice(start, start + (edgeLength[edge] ?? 0));
}

function startsOfLabels(): Uint32Array {
    const found = new Uint32Array(edgeLength.length);
    edgeLength.forEach((length, edge) => {
        found[edge + 1] = (found[edge] ?? 0) + length;
    });
    return found;
}
