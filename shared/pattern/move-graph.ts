import { eitherOf } from './factor.ts';
import type { HostExpression } from './host-expression.ts';

/** States, and what leads from one to another. */
export class MoveGraph {
    readonly #out = new Map<number, Map<number, HostExpression>>();
    readonly #into = new Map<number, Map<number, HostExpression>>();

    add(from: number, to: number, label: HostExpression): void {
        const all = eitherOf(this.out(from).get(to), label);
        this.out(from).set(to, all);
        this.into(to).set(from, all);
    }

    /** What leads out of a state, by where to. */
    out(state: number): Map<number, HostExpression> {
        return at(this.#out, state);
    }

    /** What leads into a state, by where from. */
    into(state: number): Map<number, HostExpression> {
        return at(this.#into, state);
    }

    remove(state: number): void {
        for (const to of this.out(state).keys()) {
            this.into(to).delete(state);
        }
        for (const from of this.into(state).keys()) {
            this.out(from).delete(state);
        }
        this.#out.delete(state);
        this.#into.delete(state);
    }

    /** Those that something leads into and out of. */
    inner(): number[] {
        return [...this.#out.keys()].filter(
            (state) => this.out(state).size > 0 && this.into(state).size > 0,
        );
    }
}

function at<T>(
    moves: Map<number, Map<number, T>>,
    state: number,
): Map<number, T> {
    const known = moves.get(state) ?? new Map<number, T>();
    moves.set(state, known);
    return known;
}
