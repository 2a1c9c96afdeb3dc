// Mutated JSON: half in what it says, half in its bytes, some in both.
import { Random } from '../pattern/random.ts';
import { mutate } from './mutate.ts';
import { type Json, JsonMutator } from './mutate-json.ts';
import { toBytes } from './text-inputs.ts';

export interface JsonMaterial {
    readonly values: readonly Json[];
    /** Strings that may stand where strings stand. */
    readonly words: readonly string[];
}

/** Makes inputs from then on, none of them one of `values` as JSON.stringify writes it. */
export function jsonInputs(
    seed: number,
    { values, words }: JsonMaterial,
): () => Buffer {
    const random = new Random(seed);
    const corpus = values.map((value) => toBytes(JSON.stringify(value)));
    const originals = new Set(corpus);
    const mutators = values.map(
        (value) => new JsonMutator(random, value, words),
    );
    const material = { corpus, tokens: words.map(toBytes) };
    const next = (): string => {
        switch (random.below(5)) {
            case 0:
            case 1:
                return mutate(random, random.oneOf(corpus), material);
            case 2:
                return mutate(
                    random,
                    toBytes(random.oneOf(mutators).next()),
                    material,
                );
            default:
                return toBytes(random.oneOf(mutators).next());
        }
    };
    return () => {
        let bytes = next();
        while (originals.has(bytes)) {
            bytes = next();
        }
        return Buffer.from(bytes, 'latin1');
    };
}
