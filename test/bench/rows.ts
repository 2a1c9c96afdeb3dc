// What comes out of a group: one row, and more for what it counted beside.
import type { Aim, Compared } from './aims.ts';
import type { Case, Counted, Measured } from './measure.ts';
import { medianRatio, summarise } from './statistics.ts';

/** With the word by which the group is chosen. */
export type NamedMeasured = Measured & { readonly name: string };

/** Medians; null where there is nothing to compare with. */
export interface Row {
    readonly name: string;
    readonly what: string;
    readonly ours: number;
    readonly opponent: number | null;
    readonly floor: number | null;
    readonly unit: string;
    /** How many times as much ours is: see `medianRatio`. */
    readonly ofOpponent: number | null;
    readonly ofFloor: number | null;
    readonly aim: string | null;
    /** Null without an aim, and where it cannot be told. */
    readonly holds: boolean | null;
}

export function rowsOf(measured: NamedMeasured): Row[] {
    const { name, title, unit, aims, numbers, counted } = measured;
    const compared: Compared = {
        ours: [...numbers.values()][0] ?? [],
        opponent: [...ofRole(numbers, 'opponent')][0] ?? null,
        floor: sumOf(ofRole(numbers, 'floor')),
        numbersOf: (wanted) =>
            [...numbers].find(([each]) => each.name === wanted)?.[1] ?? null,
    };
    return [
        rowOf({ name, what: title, unit, aims }, compared),
        ...counted.map((each) => rowOfCounted(name, each)),
    ];
}

function ofRole(
    numbers: Measured['numbers'],
    role: Case['role'],
): (readonly number[])[] {
    return [...numbers].flatMap(([each, list]) =>
        each.role === role ? [list] : [],
    );
}

/** Round by round: a floor is all of its parts. */
function sumOf(parts: readonly (readonly number[])[]): number[] | null {
    const [first] = parts;
    return first === undefined
        ? null
        : first.map((_, round) =>
              parts.reduce((sum, part) => sum + (part[round] ?? Number.NaN), 0),
          );
}

interface Heading {
    readonly name: string;
    readonly what: string;
    readonly unit: string;
    readonly aims: readonly Aim[];
}

function rowOf({ name, what, unit, aims }: Heading, compared: Compared): Row {
    const { ours, opponent, floor } = compared;
    return {
        name,
        what,
        ours: summarise(ours).median,
        opponent: opponent && summarise(opponent).median,
        floor: floor && summarise(floor).median,
        unit,
        ofOpponent: opponent && ratio(ours, opponent),
        ofFloor: floor && ratio(ours, floor),
        aim: aims.map(({ text }) => text).join('; ') || null,
        holds: allHold(aims.map(({ holds }) => holds(compared))),
    };
}

function rowOfCounted(group: string, counted: Counted): Row {
    const { name, what, unit, aims, ours, opponent, floor } = counted;
    const heading = { name: `${group}-${name}`, what, unit, aims };
    return rowOf(heading, {
        ours: [ours],
        opponent: opponent === null ? null : [opponent],
        floor: floor === null ? null : [floor],
        numbersOf: () => null,
    });
}

/** Of nothing there is no ratio. */
function ratio(
    ours: readonly number[],
    others: readonly number[],
): number | null {
    const found = medianRatio(ours, others);
    return Number.isFinite(found) ? found : null;
}

function allHold(each: readonly (boolean | null)[]): boolean | null {
    if (each.includes(false)) {
        return false;
    }
    return each.length === 0 || each.includes(null) ? null : true;
}
