// Mutated text, as bytes.
import { Random } from '../pattern/random.ts';
import { mutate } from './mutate.ts';

/** Makes inputs from then on, none of them one of `corpus`. */
export function textInputs(
    seed: number,
    corpus: readonly string[],
    words: readonly string[],
): () => Buffer {
    const random = new Random(seed);
    const originals = corpus.map(toBytes);
    const known = new Set(originals);
    const material = { corpus: originals, tokens: words.map(toBytes) };
    return () => {
        let bytes: string;
        do {
            bytes = mutate(random, random.oneOf(originals), material);
        } while (known.has(bytes));
        return Buffer.from(bytes, 'latin1');
    };
}

/** Text as UTF-8, each byte a character. */
export function toBytes(text: string): string {
    return Buffer.from(text).toString('latin1');
}
