// Which domains a packed line stands for: the inverse of pack.ts.
import {
    type DomainKind,
    type DomainPattern,
    isDomain,
    lineStarts,
} from './domain-pattern.ts';
import { setOfItems } from './host-set.ts';
import { maxPacked } from './pack.ts';
import { maxNesting, maxPatternBytes } from './parse.ts';
import type { SetItem } from './tree.ts';

/**
 * The domains of a line that is confined by its form and matches a bounded
 * number of domains and no address; null for any other line, which may be a
 * confined one nevertheless. They may repeat themselves.
 */
export function unpackLine(untrusted_line: string): DomainPattern[] | null {
    if (untrusted_line.length > maxPatternBytes) {
        return null;
    }
    const [start = '', kind = null] =
        lineStarts.find(([each]) => untrusted_line.startsWith(each)) ?? [];
    const names =
        kind === null ? null : new Reader(untrusted_line, start.length).read();
    return names?.every(isDomain) ? names.map(patternOf(kind)) : null;
}

function patternOf(kind: DomainKind | null) {
    return (domain: string): DomainPattern => ({
        kind: kind ?? 'exact',
        domain,
    });
}

/** What follows, or null where it is not of the form. */
type Words = readonly string[] | null;

class Reader {
    readonly #text: string;
    #at: number;

    constructor(text: string, at: number) {
        this.#text = text;
        this.#at = at;
    }

    /** All up to the end of the line. */
    read(): Words {
        // Not a choice: the edges of the string would belong to its branches.
        const words = this.#readSequence(0);
        return this.#text.slice(this.#at) === "\\'" ? words : null;
    }

    #readChoice(depth: number): Words {
        let words = this.#readSequence(depth);
        while (words !== null && this.#takeIf('|')) {
            const more = this.#readSequence(depth);
            words = more && bounded([...words, ...more]);
        }
        return words;
    }

    #readSequence(depth: number): Words {
        let words: Words = null;
        while (!this.#isAtEnd()) {
            const unit = this.#readUnit(depth);
            const piece = this.#takeIf('?') && unit ? ['', ...unit] : unit;
            words = words === null ? piece : piece && joined(words, piece);
            if (words === null) {
                return null;
            }
        }
        return words;
    }

    #isAtEnd(): boolean {
        const next = this.#text.charAt(this.#at);
        return (
            next === '' ||
            next === '|' ||
            next === ')' ||
            this.#text.startsWith("\\'", this.#at)
        );
    }

    #readUnit(depth: number): Words {
        if (this.#takeIf('(')) {
            const words =
                depth < maxNesting ? this.#readChoice(depth + 1) : null;
            return this.#takeIf(')') ? words : null;
        }
        if (this.#takeIf('[')) {
            return this.#readSet();
        }
        if (this.#takeIf('\\.')) {
            return ['.'];
        }
        plainRun.lastIndex = this.#at;
        const run = plainRun.exec(this.#text)?.[0] ?? '';
        this.#at += run.length;
        return run === '' ? null : [run];
    }

    /** As `printPattern` writes it. */
    #readSet(): Words {
        const end = this.#text.indexOf(']', this.#at);
        const list = this.#text.slice(this.#at, end);
        this.#at = end + 1;
        if (end === -1 || !plainSet.test(list)) {
            return null;
        }
        const items = (list.match(/.-.|./g) ?? []).map(itemOf);
        const isOrdered = items.every(
            (item) => item.type !== 'range' || item.from <= item.to,
        );
        return isOrdered && list !== '' ? [...setOfItems(false, items)] : null;
    }

    #takeIf(text: string): boolean {
        const isThere = this.#text.startsWith(text, this.#at);
        this.#at += isThere ? text.length : 0;
        return isThere;
    }
}

/** Up to a character that is optional. */
const plainRun = /[a-z0-9_-](?:[a-z0-9_-]*(?![?a-z0-9_-]))?/y;

/** Ranges of letters or of digits, characters, and `-` at its end only. */
const plainSet = /^(?:[a-z]-[a-z]|[0-9]-[0-9]|[a-z0-9_.](?!-.))*-?$/;

function itemOf(text: string): SetItem {
    return text.length === 3
        ? { type: 'range', from: text.charAt(0), to: text.charAt(2) }
        : { type: 'character', character: text };
}

function joined(some: readonly string[], more: readonly string[]): Words {
    return some.length * more.length > maxPacked
        ? null
        : some.flatMap((start) => more.map((end) => start + end));
}

function bounded(words: readonly string[]): Words {
    return words.length > maxPacked ? null : words;
}
