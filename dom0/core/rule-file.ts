// A rule file: a POSIX extended expression on each line, then at will what
// rule-options.ts reads; lines that start with `!` are directives. Blank lines
// and lines that start with `#` are the user's. What is not understood is an
// error of the file, never ignored: an ignored `expire=` would be an open door.
import { err, ok, type Result } from '../../shared/result.ts';
import { shownConfig } from '../paths.ts';
import { type ConfigDirectoryName, directoryOf } from './config-file.ts';
import { type Directive, misplaced } from './directive.ts';
import { type FileLine, parseFileLine } from './file-line.ts';
import {
    type FileProblem,
    type LineProblem,
    wholeFile,
} from './file-problem.ts';
import type { Rule } from './rule-line.ts';
import type { SetName } from './set-name.ts';

/** Bytes of one rule file. */
export const maxRuleFileBytes = 16 * 1024 * 1024;

/** Rules of one file, and of one qube. */
export const maxRules = 100_000;

/** Errors of one file that are looked for; there could be millions. */
const maxProblems = 1000;

export interface StoredRule extends Rule {
    /** Its line in the file, counted from 1. */
    readonly line: number;
}

export interface StoredDirective {
    readonly directive: Directive;
    /** Its line in the file, counted from 1. */
    readonly line: number;
}

export interface RuleFile {
    /** All of it, the user's own lines included. */
    readonly text: string;
    readonly rules: readonly StoredRule[];
    readonly directives: readonly StoredDirective[];
}

/** The sets that a file includes itself, and where. */
export function includesIn({
    directives,
}: Pick<RuleFile, 'directives'>): { set: SetName; line: number }[] {
    return directives.flatMap(({ directive, line }) =>
        directive.kind === 'include' ? [{ set: directive.set, line }] : [],
    );
}

export const emptyRuleFile: RuleFile = { text: '', rules: [], directives: [] };

type Parsed = Result<RuleFile, readonly FileProblem[]>;

/**
 * Reads a rule file, or says all that is wrong with it; `place` is where the
 * text is, for commands that mend it there.
 */
export function parseRuleFile(
    path: string,
    untrusted_bytes: Uint8Array,
    place = `${shownConfig}/${path}`,
): Parsed {
    if (untrusted_bytes.length > maxRuleFileBytes) {
        return err([wholeFile(path, `larger than ${maxRuleFileBytes} bytes`)]);
    }
    const untrusted_text = decodeUtf8(untrusted_bytes);
    return untrusted_text === null
        ? err([wholeFile(path, 'not UTF-8; save it as UTF-8 or plain ASCII')])
        : parseRuleText(path, untrusted_text, place);
}

/** Null for what is not UTF-8. */
export function decodeUtf8(untrusted_bytes: Uint8Array): string | null {
    try {
        const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        return utf8.decode(untrusted_bytes);
    } catch (error) {
        if (error instanceof TypeError) {
            return null;
        }
        throw error;
    }
}

function byteOrderMark(place: string): LineProblem {
    const remove = `sed -i '1s/^\\xef\\xbb\\xbf//' ${place}`;
    return {
        message:
            'byte order mark (U+FEFF), which editors do not show; to remove ' +
            `it: ${remove}`,
        column: 0,
    };
}

function dosLineEnd(place: string, line: string): LineProblem {
    const convert = `sed -i 's/\\r$//' ${place}`;
    return {
        message: `DOS line end; to convert the file: ${convert}`,
        column: line.length - 1,
    };
}

/** parseRuleFile() of a text. */
export function parseRuleText(
    path: string,
    untrusted_text: string,
    place = `${shownConfig}/${path}`,
): Parsed {
    const directory = directoryOf(path);
    const problems: FileProblem[] = [];
    const rules: StoredRule[] = [];
    const directives: StoredDirective[] = [];
    const untrusted_lines = untrusted_text.split('\n');
    const firstDos = untrusted_lines.findIndex(isDos);
    for (const [index, untrusted_line] of untrusted_lines.entries()) {
        const line = index + 1;
        const result =
            findEncoding(place, untrusted_line, index, firstDos) ??
            parseLine(directory, untrusted_line);
        if (!result.ok && problems.length === maxProblems) {
            problems.push(wholeFile(path, `more than ${maxProblems} errors`));
            break;
        }
        if (!result.ok) {
            const place = { file: path, line, untrusted_text: untrusted_line };
            problems.push({ ...place, ...result.error });
        } else if (result.value?.kind === 'rule') {
            rules.push({ line, ...result.value.rule });
        } else if (result.value?.kind === 'directive') {
            directives.push({ line, directive: result.value.directive });
        }
        if (rules.length > maxRules) {
            problems.push(wholeFile(path, `more than ${maxRules} rules`));
            break;
        }
    }
    return problems.length > 0
        ? err(problems)
        : ok({ text: untrusted_text, rules, directives });
}

function isDos(untrusted_line: string): boolean {
    return untrusted_line.endsWith('\r');
}

/** What one command mends in the whole file is said of its first line only. */
function findEncoding(
    place: string,
    untrusted_line: string,
    index: number,
    firstDos: number,
): Result<never, LineProblem> | null {
    if (index === firstDos) {
        return err(dosLineEnd(place, untrusted_line));
    }
    return index === 0 && untrusted_line.startsWith('\ufeff')
        ? err(byteOrderMark(place))
        : null;
}

function parseLine(
    directory: ConfigDirectoryName,
    untrusted_line: string,
): Result<FileLine | null, LineProblem> {
    const parsed = parseFileLine(
        isDos(untrusted_line) ? untrusted_line.slice(0, -1) : untrusted_line,
    );
    const why = parsed.ok ? whyNotHere(parsed.value, directory) : null;
    return why === null ? parsed : err({ message: why, column: null });
}

function whyNotHere(
    line: FileLine | null,
    directory: ConfigDirectoryName,
): string | null {
    switch (line?.kind) {
        case 'directive':
            return misplaced(line.directive, directory);
        case 'rule':
            return directory === 'proxies'
                ? 'rules have no place here; they are in qubes/, tags/ and sets/'
                : null;
        default:
            return null;
    }
}
