// Which lines a change of a text took out and put in, as few as possible
// (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).

export interface DiffLine {
    readonly sign: '-' | '+';
    /** Its line, counted from 1: of the text before for `-`, after for `+`. */
    readonly line: number;
    /** With its line end, if it has one. */
    readonly text: string;
}

/** Two lines that are the same, counted from 0. */
type Pair = readonly [x: number, y: number];

/** Changed lines up to which the fewest are looked for. */
const mostSteps = 1000;

/** The lines that differ, in their order. */
export function diffLines(before: string, after: string): DiffLine[] {
    const [old, now] = [linesOf(before), linesOf(after)];
    const start = countSame(old, now, (_, at) => at);
    const end = Math.min(
        countSame(old, now, (lines, at) => lines.length - 1 - at),
        old.length - start,
        now.length - start,
    );
    const middle = (lines: readonly string[]) =>
        lines.slice(start, lines.length - end);
    const kept = commonLines(middle(old), middle(now));
    const anchors: Pair[] = [
        ...kept.map(([x, y]): Pair => [start + x, start + y]),
        [old.length - end, now.length - end],
    ];
    let [from, to] = [start, start];
    return anchors.flatMap(([one, other]) => {
        const lines = [
            ...changed('-', old, from, one),
            ...changed('+', now, to, other),
        ];
        [from, to] = [one + 1, other + 1];
        return lines;
    });
}

function linesOf(text: string): string[] {
    return text.split(/(?<=\n)/).filter((line) => line !== '');
}

function countSame(
    one: readonly string[],
    other: readonly string[],
    place: (lines: readonly string[], at: number) => number,
): number {
    const most = Math.min(one.length, other.length);
    let count = 0;
    while (
        count < most &&
        one[place(one, count)] === other[place(other, count)]
    ) {
        count += 1;
    }
    return count;
}

function changed(
    sign: DiffLine['sign'],
    lines: readonly string[],
    from: number,
    to: number,
): DiffLine[] {
    return lines
        .slice(from, to)
        .map((text, index) => ({ sign, line: from + index + 1, text }));
}

/** Lines that both have, in order; none if the two are too different. */
function commonLines(a: readonly string[], b: readonly string[]): Pair[] {
    const most = Math.min(a.length + b.length, mostSteps);
    const origin = most + 1;
    const furthest = new Int32Array(2 * origin + 1);
    const at = (k: number) => furthest[origin + k] ?? 0;
    const trace: Int32Array[] = [];
    for (let steps = 0; steps <= most; steps += 1) {
        trace.push(furthest.slice(origin - steps - 1, origin + steps + 2));
        for (let k = -steps; k <= steps; k += 2) {
            const isDown =
                k === -steps || (k !== steps && at(k - 1) < at(k + 1));
            let x = isDown ? at(k + 1) : at(k - 1) + 1;
            while (x < a.length && x - k < b.length && a[x] === b[x - k]) {
                x += 1;
            }
            furthest[origin + k] = x;
            if (x >= a.length && x - k >= b.length) {
                return walkBack(trace, a.length, b.length);
            }
        }
    }
    return [];
}

/** From the end to the start; each of `trace` holds k from -steps-1 on. */
function walkBack(
    trace: readonly Int32Array[],
    endX: number,
    endY: number,
): Pair[] {
    const pairs: Pair[] = [];
    let [x, y] = [endX, endY];
    for (let steps = trace.length - 1; steps >= 0; steps -= 1) {
        const at = (k: number) => trace[steps]?.[k + steps + 1] ?? 0;
        const k = x - y;
        const isDown = k === -steps || (k !== steps && at(k - 1) < at(k + 1));
        const before = isDown ? k + 1 : k - 1;
        const beforeX = steps === 0 ? 0 : at(before);
        const beforeY = steps === 0 ? 0 : beforeX - before;
        while (x > beforeX && y > beforeY) {
            [x, y] = [x - 1, y - 1];
            pairs.push([x, y]);
        }
        [x, y] = [beforeX, beforeY];
    }
    return pairs.reverse();
}
