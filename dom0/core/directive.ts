// Lines that start with `!`, as in Qubes' policy files: `!include SET`. One
// that is not understood is an error of its file, never ignored.
import { err, ok, type Result } from '../../shared/result.ts';
import type { ConfigDirectoryName } from './config-file.ts';
import type { LineProblem } from './file-problem.ts';
import { parseSetName, type SetName } from './set-name.ts';
import {
    isSettingName,
    parseSetting,
    settingDirectives,
    settingNames,
} from './settings/parse-setting.ts';
import type { Setting, SettingName } from './settings/setting.ts';
import { type Word, wordsOf } from './words-of.ts';

export type Directive =
    /** The rules of a set are rules of this file, too. */
    | { readonly kind: 'include'; readonly set: SetName }
    /** What becomes of a host that no rule matches. */
    | { readonly kind: 'default'; readonly value: 'deny' | 'allow' }
    | { readonly kind: 'setting'; readonly setting: Setting };

interface DirectiveKind {
    /** How it is written, for messages. */
    readonly form: string;
    /** The directories in whose files it may stand. */
    readonly places: readonly ConfigDirectoryName[];
    readonly parse: (
        untrusted_words: readonly string[],
    ) => Result<Directive, string>;
}

const kinds: Readonly<
    Record<Exclude<Directive['kind'], 'setting'>, DirectiveKind>
> = {
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

/** Settings of a qube, or of all clients of a ProxyVM. */
const settingPlaces = ['qubes', 'proxies'] as const;

/** The directive on a line that starts with `!`. */
export function parseDirective(
    untrusted_line: string,
): Result<Directive, LineProblem> {
    const [head, ...words] = wordsOf(untrusted_line);
    const name = head?.untrusted_text.slice(1) ?? '';
    const column = head?.column ?? 0;
    if (isSettingName(name)) {
        return parseSettingDirective(name, words, column);
    }
    const kind = Object.hasOwn(kinds, name)
        ? kinds[name as keyof typeof kinds]
        : undefined;
    if (kind === undefined) {
        const names = [...Object.keys(kinds), ...settingNames];
        const all = names.map((each) => `!${each}`).join(', ');
        return err({ message: `no such directive; there are ${all}`, column });
    }
    const directive = kind.parse(words.map((word) => word.untrusted_text));
    return directive.ok
        ? directive
        : err({
              message: `${directive.error}; it is written ${kind.form}`,
              column: words[0]?.column ?? column,
          });
}

function parseSettingDirective(
    name: SettingName,
    words: readonly Word[],
    column: number,
): Result<Directive, LineProblem> {
    const setting = parseSetting(name, words);
    const form = `!${name} ${settingDirectives[name].usage}`;
    return setting.ok
        ? ok({ kind: 'setting', setting: setting.value })
        : err({
              message: `${setting.error.message}; it is written ${form}`,
              column: setting.error.column ?? column,
          });
}

/** Whether it may stand in a file of that directory, and if not, why. */
export function misplaced(
    directive: Directive,
    directory: ConfigDirectoryName,
): string | null {
    const isSetting = directive.kind === 'setting';
    const name = isSetting ? directive.setting.name : directive.kind;
    const places = isSetting
        ? placesOf(directive.setting.name)
        : kinds[directive.kind].places;
    return places.includes(directory)
        ? null
        : `!${name} has no place here; it may stand in files in ` +
              places.map((place) => `${place}/`).join(', ');
}

function placesOf(name: SettingName): readonly ConfigDirectoryName[] {
    return settingDirectives[name].places ?? settingPlaces;
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
