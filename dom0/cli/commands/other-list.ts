// `deny` for a qube whose rules say which hosts are allowed, and `allow` for
// one with a block list: neither adds a rule, which would mean the opposite.
// They say which rules stand against what is wanted, and what to do.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    addressIn,
    findOddity,
    type NarrowedPattern,
    narrow,
    readBlocked,
} from '../../../shared/pattern/index.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { EffectiveRules } from '../../core/effective-rules.ts';
import { overlaps } from '../../core/overlap.ts';
import {
    type Against,
    againstJson,
    describeAgainst,
} from '../format/against.ts';
import { jsonVersion, type Output } from '../output.ts';
import { readTyped } from '../typed-patterns.ts';
import { lineOf } from '../wanted-rules.ts';

interface Question {
    /** The qube whose rule file is meant. */
    readonly owner: QubeName;
    readonly rules: EffectiveRules;
    readonly patterns: readonly string[];
}

/** What stands against letting a qube with a block list reach hosts. */
export function allowOnBlockList(question: Question): Output {
    const named = readTyped(question.patterns, (typed) => narrow(typed));
    return answer('allow', question, named);
}

/** What stands against keeping a qube from hosts that its rules may name. */
export function denyOnAllowed(question: Question): Output {
    const named = readTyped(question.patterns, (typed) => {
        const blocked = readBlocked(typed);
        return blocked.ok ? blocked : narrow(typed);
    });
    return answer('deny', question, named);
}

function answer(
    command: 'allow' | 'deny',
    { owner, rules }: Question,
    named: readonly (NarrowedPattern & { readonly typed: string })[],
): Output {
    const against = named.map(({ typed, stored }): Against => {
        const isOdd = command === 'allow' && isOddName(stored);
        return { typed, isOdd, rules: overlaps(rules, lineOf(stored)) };
    });
    const isSo = (each: Against) => each.rules.length === 0 && !each.isOdd;
    const describe = (each: Against) => describeAgainst(command, owner, each);
    return {
        lines: against.filter(isSo).flatMap(describe),
        warnings: against.filter((each) => !isSo(each)).flatMap(describe),
        json: {
            version: jsonVersion,
            command,
            qube: owner,
            file: ruleFilePath(owner),
            default: rules.default,
            against: against.map(againstJson),
        },
        failed: !against.every(isSo),
    };
}

/** What was typed is one name that no block list lets through. */
function isOddName(stored: string): boolean {
    const [, host] = /^\^((?:[a-z0-9_-]|\\\.)+)\$$/.exec(stored) ?? [];
    return (
        addressIn(stored) !== null ||
        (host !== undefined && findOddity(host.replaceAll('\\', '')) !== null)
    );
}
