// A reader of JSON (RFC 8259) that shares nothing with JSON.parse, so that
// what a decoder accepted can be held against what the bytes really say.

export type Value =
    | null
    | boolean
    | number
    | string
    | readonly Value[]
    | ReadonlyMap<string, Value>;

/**
 * Reads UTF-8 JSON; throws when it is none. Of a key that is there twice the
 * last value counts: docs/protocol.md says so, and why it may.
 */
export function readJson(bytes: Buffer): Value {
    const reader = new Reader(bytes.toString('utf8').replace(/^\ufeff/, ''));
    const value = reader.value();
    reader.end();
    return value;
}

const token =
    /[ \t\n\r]*([[\]{},:]|true|false|null|"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;

/** U+0000 to U+001F. */
const control = /[^\P{Cc}\x7f-\x9f]/u;

const escapes: Readonly<Record<string, string>> = {
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
};

class Reader {
    readonly #text: string;
    readonly #token = new RegExp(token.source, 'y');

    constructor(text: string) {
        this.#text = text;
    }

    #next(): string {
        const found = this.#token.exec(this.#text)?.[1];
        if (found === undefined) {
            throw new Error('not JSON');
        }
        return found;
    }

    end(): void {
        const at = this.#token.lastIndex;
        if (!/^[ \t\n\r]*$/.test(this.#text.slice(at))) {
            throw new Error('more than JSON');
        }
    }

    value(first = this.#next()): Value {
        switch (first) {
            case '{':
                return this.#object();
            case '[':
                return this.#list();
            case 'true':
                return true;
            case 'false':
                return false;
            case 'null':
                return null;
            default:
                return scalar(first);
        }
    }

    #list(): Value[] {
        const list: Value[] = [];
        let next = this.#next();
        while (next !== ']') {
            list.push(this.value(next));
            next = this.#separated(']');
        }
        return list;
    }

    #object(): Map<string, Value> {
        const object = new Map<string, Value>();
        let next = this.#next();
        while (next !== '}') {
            const key = scalar(next);
            if (typeof key !== 'string' || this.#next() !== ':') {
                throw new Error('not a member of an object');
            }
            object.set(key, this.value());
            next = this.#separated('}');
        }
        return object;
    }

    /** What comes behind a comma, or the end itself. */
    #separated(end: string): string {
        const next = this.#next();
        if (next === end) {
            return end;
        }
        const after = next === ',' ? this.#next() : end;
        if (after === end) {
            throw new Error('not a list');
        }
        return after;
    }
}

function scalar(text: string): string | number {
    if (!text.startsWith('"')) {
        if (!/^[-0-9]/.test(text)) {
            throw new Error('a sign out of place');
        }
        return Number(text);
    }
    if (control.test(text)) {
        throw new Error('a control character in a string');
    }
    return text
        .slice(1, -1)
        .replace(/\\(?:u(....)|(.))/g, (_, code?: string, letter?: string) =>
            code === undefined
                ? (escapes[letter ?? ''] ?? letter ?? '')
                : String.fromCharCode(Number.parseInt(code, 16)),
        );
}
