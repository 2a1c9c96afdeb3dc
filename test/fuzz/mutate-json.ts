// JSON with one thing changed in what it says, or in how it is written.
import type { Random } from '../pattern/random.ts';
import { edges, inheritedKeys, oddCharacters } from './odd-values.ts';

type Scalar = null | boolean | number | string;
export type Json = Scalar | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json };

/** Writes `value` with one of its nodes changed. */
export class JsonMutator {
    readonly #random: Random;
    readonly #value: Json;
    readonly #words: readonly string[];
    readonly #nodes: number;
    #left = 0;

    /** `words` are strings that may stand where strings stand. */
    constructor(random: Random, value: Json, words: readonly string[]) {
        this.#random = random;
        this.#value = value;
        this.#words = words;
        this.#nodes = countNodes(value);
    }

    next(): string {
        this.#left = this.#random.below(this.#nodes);
        return this.#write(this.#value);
    }

    #write(value: Json): string {
        this.#left -= 1;
        return this.#left === -1 ? this.#change(value) : this.#plain(value);
    }

    #plain(value: Json): string {
        if (isArray(value)) {
            return `[${value.map((each) => this.#write(each)).join(',')}]`;
        }
        return typeof value === 'object' && value !== null
            ? `{${this.#members(value).join(',')}}`
            : JSON.stringify(value);
    }

    #members(value: JsonObject): string[] {
        return Object.entries(value).map(
            ([key, each]) => `${plain(key)}:${this.#write(each)}`,
        );
    }

    #change(value: Json): string {
        switch (this.#random.below(8)) {
            case 0:
                return this.#random.oneOf(edges);
            case 1:
                return this.#wrap(JSON.stringify(value));
            default:
                return this.#changeWithin(value);
        }
    }

    #wrap(text: string): string {
        const depth = this.#random.below(200) === 0 ? 3000 : 1;
        switch (this.#random.below(3)) {
            case 0:
                return `${'['.repeat(depth)}${text}${']'.repeat(depth)}`;
            case 1:
                return `${'{"a":'.repeat(depth)}${text}${'}'.repeat(depth)}`;
            default:
                return `\r\n\t ${text} `;
        }
    }

    #changeWithin(value: Json): string {
        if (isArray(value)) {
            return `[${this.#changeList(value.map(plain)).join(',')}]`;
        }
        switch (typeof value) {
            case 'object':
                return value === null
                    ? this.#random.oneOf(edges)
                    : this.#changeObject(value);
            case 'string':
                return this.#changeString(value);
            case 'number':
                return this.#changeNumber(value);
            default:
                return String(!value);
        }
    }

    #changeList(parts: string[]): string[] {
        const at = this.#random.below(parts.length + 1);
        switch (this.#random.below(5)) {
            case 0:
                return parts.toSpliced(at, 1);
            case 1:
                return parts.toSpliced(at, 0, this.#random.oneOf(edges));
            case 2:
                return parts.toSpliced(at, 0, ...parts.slice(0, 1));
            case 3:
                return parts.toReversed();
            default:
                return parts.concat(parts);
        }
    }

    #changeObject(value: JsonObject): string {
        const members = this.#members(value);
        const keys = Object.keys(value);
        const key =
            this.#random.below(2) === 0
                ? this.#random.oneOf(inheritedKeys)
                : (keys[this.#random.below(keys.length + 1)] ?? 'more');
        const at = this.#random.below(members.length + 1);
        const instead =
            this.#random.below(2) === 0
                ? this.#random.oneOf(edges)
                : plain(value[keys[at] ?? ''] ?? 0);
        const member = `${plain(key)}:${instead}`;
        switch (this.#random.below(4)) {
            case 0:
                return `{${members.toSpliced(at, 0, member).join(',')}}`;
            case 1:
                return `{${members.toSpliced(at, 1, member).join(',')}}`;
            case 2:
                return `{${members.toSpliced(at, 1).join(',')}}`;
            default:
                return `{${members.toReversed().join(' , ')}}`;
        }
    }

    #changeString(value: string): string {
        const at = this.#random.below(value.length + 1);
        const [before, after] = [value.slice(0, at), value.slice(at)];
        switch (this.#random.below(6)) {
            case 0:
                return plain(this.#random.oneOf(this.#words));
            case 1:
                return plain(before);
            case 2:
                return plain(
                    before + this.#random.oneOf(oddCharacters) + after,
                );
            case 3:
                return plain(value.toUpperCase());
            case 4:
                return plain(before + value + after);
            default:
                return `"${[...value].map(escapeSpelling).join('')}"`;
        }
    }

    #changeNumber(value: number): string {
        switch (this.#random.below(5)) {
            case 0:
                return this.#random.oneOf(edges);
            case 1:
                return `${value}.0`;
            case 2:
                return String(-value);
            default:
                return String(value + this.#random.below(5) - 2);
        }
    }
}

/** Any character can be written in hexadecimal. */
function escapeSpelling(character: string): string {
    return character.length > 1
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isArray(value: Json): value is readonly Json[] {
    return Array.isArray(value);
}

function plain(value: Json): string {
    return JSON.stringify(value);
}

function countNodes(value: Json): number {
    return typeof value === 'object' && value !== null
        ? Object.values(value).reduce<number>(
              (sum, each) => sum + countNodes(each),
              1,
          )
        : 1;
}
