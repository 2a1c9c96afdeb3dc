// Lines that start with `!`, as in Qubes' policy files: `!include SET`. One
// that is not understood is an error of its file, never ignored.
import { err, ok, type Result } from '../../shared/result.ts';
import type { ConfigDirectoryName } from './config-file.ts';
import type { LineProblem } from './file-problem.ts';
import { parseSetName, type SetName } from './set-name.ts';

export type Directive =
    /** The rules of a set are rules of this file, too. */
    | { readonly kind: 'include'; readonly set: SetName }
    /** What becomes of a host that no rule matches. */
    | { readonly kind: 'default'; readonly value: 'deny' | 'allow' };

interface DirectiveKind {
    /** How it is written, for messages. */
    readonly form: string;
    /** The directories in whose files it may stand. */
    readonly places: readonly ConfigDirectoryName[];
    readonly parse: (
        untrusted_words: readonly string[],
    ) => Result<Directive, string>;
}

const kinds: Readonly<Record<Directive['kind'], DirectiveKind>> = {
    include: {
        form: '!include SET',
        places: ['qubes', 'tags', 'sets'],
        parse: parseInclude,
    },
    default: {
        form: '!default deny or !default allow',
        places: ['qubes', 'tags'],
        parse: parseDefault,
    },
};

/** A word of a line, and where it begins. */
interface Word {
    readonly untrusted_text: string;
    readonly column: number;
}

/** The directive on a line that starts with `!`. */
export function parseDirective(
    untrusted_line: string,
): Result<Directive, LineProblem> {
    const [head, ...words] = wordsOf(untrusted_line);
    const name = head?.untrusted_text.slice(1) ?? '';
    const column = head?.column ?? 0;
    const kind = Object.hasOwn(kinds, name)
        ? kinds[name as Directive['kind']]
        : undefined;
    if (kind === undefined) {
        const forms = Object.values(kinds).map(({ form }) => form);
        const message = `no such directive; there are ${forms.join(', ')}`;
        return err({ message, column });
    }
    const directive = kind.parse(words.map((word) => word.untrusted_text));
    return directive.ok
        ? directive
        : err({
              message: `${directive.error}; it is written ${kind.form}`,
              column: words[0]?.column ?? column,
          });
}

/** A remark may follow after a blank, as behind a rule. */
function wordsOf(untrusted_line: string): Word[] {
    const words = [...untrusted_line.matchAll(/[^ \t]+/g)].map((match) => ({
        untrusted_text: match[0],
        column: match.index,
    }));
    const remark = words.findIndex((word) =>
        word.untrusted_text.startsWith('#'),
    );
    return remark === -1 ? words : words.slice(0, remark);
}

/** Whether it may stand in a file of that directory, and if not, why. */
export function misplaced(
    { kind }: Directive,
    directory: ConfigDirectoryName,
): string | null {
    const { places } = kinds[kind];
    return places.includes(directory)
        ? null
        : `!${kind} has no place here; it may stand in files in ` +
              places.map((place) => `${place}/`).join(', ');
}

function parseInclude(
    untrusted_words: readonly string[],
): Result<Directive, string> {
    const [untrusted_name, ...more] = untrusted_words;
    if (untrusted_name === undefined || more.length > 0) {
        return err('one set is expected');
    }
    const set = parseSetName(untrusted_name);
    return set.ok ? ok({ kind: 'include', set: set.value }) : set;
}

function parseDefault(
    untrusted_words: readonly string[],
): Result<Directive, string> {
    const [untrusted_value, ...more] = untrusted_words;
    return (untrusted_value === 'deny' || untrusted_value === 'allow') &&
        more.length === 0
        ? ok({ kind: 'default', value: untrusted_value })
        : err('deny or allow is expected');
}
