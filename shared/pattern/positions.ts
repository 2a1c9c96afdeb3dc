// Glushkov's construction, with assertions: which leaves of an expression can
// come after which, and at which places. No empty moves.
import { type HostExpression, matchesEmpty } from './host-expression.ts';
import { everywhere, type Places } from './places.ts';

/** A leaf that can come first or last, and where that can be. */
export interface Outermost {
    readonly position: number;
    readonly places: Places;
}

export interface Positions {
    /** What each position takes: expressions without assertions. */
    readonly leaves: readonly HostExpression[];
    /** What can come after each position, if it does so at these places. */
    readonly following: readonly ReadonlyMap<number, Places>[];
    readonly first: readonly Outermost[];
    readonly last: readonly Outermost[];
    /** Where all of it matches the empty string. */
    readonly empty: Places;
}

/** What becomes of a part. */
export type Built =
    /** One of these leaves. */
    | { readonly leaves: readonly HostExpression[] }
    /** What its parts become, or those of what means the same. */
    | { readonly expression: HostExpression };

type Fragment = Pick<Positions, 'first' | 'last' | 'empty'>;

const emptyFragment: Fragment = { first: [], last: [], empty: everywhere };

export function findPositions(
    expression: HostExpression,
    builtAs: (part: HostExpression) => Built,
): Positions {
    const builder = new Builder(builtAs);
    const whole = builder.build(expression);
    return { ...whole, leaves: builder.leaves, following: builder.following };
}

class Builder {
    readonly leaves: HostExpression[] = [];
    readonly following: Map<number, Places>[] = [];
    readonly #builtAs: (part: HostExpression) => Built;

    constructor(builtAs: (part: HostExpression) => Built) {
        this.#builtAs = builtAs;
    }

    build(part: HostExpression): Fragment {
        const built = this.#builtAs(part);
        return 'leaves' in built
            ? {
                  ...unite(built.leaves.map((leaf) => this.#add(leaf))),
                  empty: matchesEmpty(part) ? everywhere : 0,
              }
            : this.#buildParts(built.expression);
    }

    #buildParts(expression: HostExpression): Fragment {
        switch (expression.kind) {
            case 'assertion':
                return { first: [], last: [], empty: expression.places };
            case 'choice':
                return unite(expression.branches.map((one) => this.build(one)));
            case 'repeat':
                return this.#repeat(expression);
            case 'sequence':
                return expression.parts
                    .map((part) => this.build(part))
                    .reduce((a, b) => this.#follow(a, b), emptyFragment);
            case 'set':
                throw new Error('a set is always a leaf');
        }
    }

    #add(leaf: HostExpression): Fragment {
        const position = this.leaves.push(leaf) - 1;
        this.following.push(new Map());
        const ends = [{ position, places: everywhere }];
        return { first: ends, last: ends, empty: 0 };
    }

    #follow(before: Fragment, after: Fragment): Fragment {
        this.#connect(before.last, after.first);
        return {
            first: [...before.first, ...at(before.empty, after.first)],
            last: [...at(after.empty, before.last), ...after.last],
            empty: before.empty & after.empty,
        };
    }

    #connect(from: readonly Outermost[], to: readonly Outermost[]): void {
        for (const one of from) {
            const following = this.following[one.position];
            for (const next of to) {
                const places = one.places & next.places;
                const known = following?.get(next.position) ?? 0;
                if ((places | known) !== known) {
                    following?.set(next.position, places | known);
                }
            }
        }
    }

    /** x{2,4} is built as xx(x(x)?)?, and x{2,} as xx+. */
    #repeat({
        body,
        min,
        max,
    }: Extract<HostExpression, { kind: 'repeat' }>): Fragment {
        let tail = emptyFragment;
        if (max === null) {
            tail = this.build(body);
            this.#connect(tail.last, tail.first);
            tail = min === 0 ? { ...tail, empty: everywhere } : tail;
        }
        const optional = max === null ? 0 : max - min;
        for (let count = 0; count < optional; count += 1) {
            tail = this.#follow(this.build(body), tail);
            tail = { ...tail, empty: everywhere };
        }
        const required = max === null ? Math.max(0, min - 1) : min;
        for (let count = 0; count < required; count += 1) {
            tail = this.#follow(this.build(body), tail);
        }
        return tail;
    }
}

function unite(fragments: readonly Fragment[]): Fragment {
    return {
        first: fragments.flatMap((fragment) => fragment.first),
        last: fragments.flatMap((fragment) => fragment.last),
        empty: fragments.reduce((all, { empty }) => all | empty, 0),
    };
}

/** Those that can be outermost at these places too. */
function at(places: Places, all: readonly Outermost[]): readonly Outermost[] {
    return places === everywhere
        ? all
        : all
              .map((one) => ({ ...one, places: one.places & places }))
              .filter((one) => one.places !== 0);
}
