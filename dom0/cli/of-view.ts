import type { View } from '../view.ts';

/** What was made of a view, by keys; forgotten when there is another one. */
export class OfView<Value extends object> {
    #view: View | null = null;
    readonly #values = new Map<string, Value>();

    /** What was made before, or is made now. */
    get(view: View, key: string, make: () => Value): Value {
        if (view !== this.#view) {
            this.#view = view;
            this.#values.clear();
        }
        const value = this.#values.get(key) ?? make();
        this.#values.set(key, value);
        return value;
    }
}
