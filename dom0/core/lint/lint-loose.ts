// Rules that match more, or in a block list less, than their author means.
import {
    describeBlockExcess,
    type LooseReason,
} from '../../../shared/pattern/index.ts';
import { atLine } from '../file-problem.ts';
import { type Finding, type Fix, finding } from './finding.ts';
import type { KnownRule, ListKind } from './known-rule.ts';

/** Of a rule of a block list. */
export function findBlockExcess(
    file: string,
    { rule }: KnownRule,
): Finding | null {
    const message = describeBlockExcess(rule.expression);
    return message === null
        ? null
        : finding('loose', atLine(file, rule.line, message));
}

export function findLoose(
    file: string,
    { looseness, rule }: KnownRule,
    list: ListKind,
): Finding | null {
    if (looseness === null) {
        return null;
    }
    const { reasons, instead } = looseness;
    const message = `${rule.expression} ${reasons.map(describe).join('; ')}`;
    return finding('loose', atLine(file, rule.line, message), {
        hosts: reasons.flatMap(({ hosts }) => hosts),
        fix: narrowing(instead, list),
    });
}

function narrowing(instead: string | null, list: ListKind): Fix {
    if (instead === null) {
        return { kind: 'advice', todo: ['name the hosts that are meant'] };
    }
    const todo =
        `write ${instead}, unless the block list that includes this set is ` +
        'to refuse all of it';
    return list === 'both'
        ? { kind: 'advice', todo: [todo] }
        : { kind: 'narrow', expression: instead };
}

function describe({ kind, hosts }: LooseReason): string {
    const [one = '', other = ''] = hosts.map((host) => `"${host}"`);
    const also = one === '' ? '' : `also matches ${one}: `;
    switch (kind) {
        case 'everything':
            return (
                'matches hosts that have nothing in common, such as ' +
                `${one} and ${other}`
            );
        case 'any-character':
            return `${also}a "." without "\\" before it is any character`;
        case 'inside-label':
            return `${also}it may start in the middle of a label`;
        case 'open-end':
            return `${also}without "$" anything may follow`;
    }
}
