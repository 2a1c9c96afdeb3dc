// A filter file of the old guide, `NAME.IP`, as a rule file of ours.
import { type Ip4, parseIp4 } from '../../../shared/domain/address.ts';
import { err } from '../../../shared/result.ts';
import { type FilterType, toExtended } from './old-expression.ts';

export interface OldFilterName {
    /** At will; often the qube's. */
    readonly untrusted_name: string;
    readonly address: Ip4;
}

/** Reads the name of such a file; null if it is none. */
export function parseOldFilterName(
    untrusted_fileName: string,
): OldFilterName | null {
    const [, untrusted_name = '', untrusted_address = ''] =
        /^(.+?)\.(\d{1,3}(?:\.\d{1,3}){3})$/.exec(untrusted_fileName) ?? [];
    const address = parseIp4(untrusted_address);
    return untrusted_name !== '' && address.ok
        ? { untrusted_name, address: address.value }
        : null;
}

/** A line that cannot be taken over. */
export interface OldProblem {
    /** Counted from 1. */
    readonly line: number;
    readonly message: string;
}

export interface OldFilter {
    /** A rule file; the lines in `problems` stand in it as remarks. */
    readonly text: string;
    readonly problems: readonly OldProblem[];
}

/**
 * tinyproxy reads a pattern up to the first blank or `#` and ignores the rest
 * of the line (filter.c): so that rest becomes a remark.
 */
export function convertOldFilter(
    untrusted_text: string,
    type: FilterType,
): OldFilter {
    const problems: OldProblem[] = [];
    const lines = untrusted_text
        .replace(/\n$/, '')
        .split('\n')
        .map((untrusted_line, index) => {
            const untrusted_text = untrusted_line.replace(/\r$/, '');
            const converted = convertLine(untrusted_text, type);
            if (!converted.ok) {
                const { error: message } = converted;
                problems.push({ line: index + 1, message });
                return `# ${untrusted_text.trim()}`;
            }
            return converted.value;
        });
    return { text: lines.map((line) => `${line}\n`).join(''), problems };
}

function convertLine(untrusted_line: string, type: FilterType) {
    const [, indent = '', untrusted_expression = '', untrusted_rest = ''] =
        /^(\s*)((?:\\#|[^\s#])*)(.*)$/.exec(untrusted_line) ?? [];
    if (untrusted_expression.startsWith('!')) {
        // With us it would be a directive, and could mean anything.
        return err('"!" is in no host name');
    }
    const expression = toExtended(untrusted_expression, type);
    const untrusted_remark = untrusted_rest.trim().replace(/^#?/, '');
    return expression.ok && untrusted_remark !== ''
        ? {
              ...expression,
              value:
                  untrusted_expression === ''
                      ? `${indent}#${untrusted_remark}`
                      : `${expression.value}  #${untrusted_remark}`,
          }
        : expression;
}
