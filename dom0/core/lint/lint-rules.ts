// What lint finds in the rules of one file.
import { whyEmpty } from '../../../shared/pattern/index.ts';
import type { FileRead } from '../effective-rules.ts';
import { atLine } from '../file-problem.ts';
import { hasExpired, type Moment, runOf } from '../moment.ts';
import type { OthersBelow } from '../others-below.ts';
import type { FileUsage } from '../usage/usage-file.ts';
import type { Budget } from './budget.ts';
import { type Finding, type Fix, finding } from './finding.ts';
import { type KnownRule, type ListKind, lookAtRules } from './known-rule.ts';
import { findIdle } from './lint-idle.ts';
import { findBlockExcess, findLoose } from './lint-loose.ts';
import { findOthers } from './lint-others.ts';
import { RuleIndex, type Yields } from './rule-index.ts';

/** The rules of one file, with all that is to be known of them. */
export interface LintedFile {
    readonly list: ListKind;
    readonly rules: readonly KnownRule[];
    readonly index: RuleIndex;
}

export function lintedFile(
    { content }: FileRead,
    list: ListKind,
    budget: Budget,
): LintedFile {
    const stored = content.ok ? content.value.rules : [];
    const rules = lookAtRules(stored, list, budget);
    return { list, rules, index: new RuleIndex(rules, budget) };
}

/** A file whose rules hold as well, which may make others superfluous. */
export interface Beside extends Pick<FileRead, 'file' | 'via'> {
    readonly index: RuleIndex;
    /** Whether they hold wherever the linted file does. */
    readonly isPartOfIt: boolean;
}

/**
 * At most one finding for each rule: what is to go needs no mending. `usage` is
 * null unless all uses of the rules were counted.
 */
export function lintRules(
    file: string,
    { list, rules, index }: LintedFile,
    others: readonly Beside[],
    now: Now,
    othersBelow: OthersBelow,
    usage: FileUsage | null,
): Finding[] {
    const own = { file, via: [], index, isPartOfIt: true };
    return rules.flatMap(
        (known) =>
            findExpired(file, known, now) ??
            findNoHost(file, known) ??
            findCovered(file, known, [own, ...others]) ??
            (list === 'block'
                ? findBlockExcess(file, known)
                : (findLoose(file, known, list) ??
                  findOthers(file, known, othersBelow))) ??
            findIdle(file, known, list, usage) ??
            [],
    );
}

/** The time, and the Xen domains that run, of those that the file is for. */
export interface Now {
    readonly moment: Moment;
    readonly xids: ReadonlySet<number>;
}

/** It never holds again: no time comes back, and no run. */
function findExpired(
    file: string,
    known: KnownRule,
    { moment, xids }: Now,
): Finding | null {
    const { run, expression, line } = known.rule;
    const isPast = hasExpired(known.rule, moment);
    const isOtherRun =
        run !== null && [...xids].every((xid) => run !== runOf(moment, xid));
    const why = isPast
        ? 'its time has passed'
        : 'the run of the qube that it was for has ended';
    const message = `${expression} does not hold any more: ${why}`;
    return isPast || isOtherRun
        ? finding('expired', atLine(file, line, message), {
              fix: { kind: 'remove' },
          })
        : null;
}

function findNoHost(file: string, known: KnownRule): Finding | null {
    if (known.host !== null) {
        return null;
    }
    const why = whyEmpty(known.automaton) ?? 'nothing that it matches is one';
    const message = `no host can match ${known.rule.expression}: ${why}`;
    return finding('no-host', atLine(file, known.rule.line, message), {
        fix: { kind: 'remove' },
    });
}

/** Of rules that say the same in one file, the first one stays. */
const isLater: Yields = ({ rule }, other) => rule.line > other.rule.line;
const always: Yields = () => true;

function findCovered(
    file: string,
    known: KnownRule,
    places: readonly Beside[],
): Finding | null {
    for (const place of places) {
        const yields = place.file === file ? isLater : always;
        const cover = place.index.coverOf(known, yields);
        if (cover !== null) {
            return covered(file, known, cover, place);
        }
    }
    return null;
}

function covered(
    file: string,
    known: KnownRule,
    { rule }: KnownRule,
    place: Beside,
): Finding {
    const { expression, confined, line } = known.rule;
    const isEqual = rule.confined === confined;
    const by = {
        file: place.file,
        line: rule.line,
        via: place.via,
        text: rule.expression,
    };
    const what =
        expression === rule.expression
            ? `${expression} stands twice`
            : isEqual
              ? `${expression} says the same as ${rule.expression}`
              : `all that ${expression} matches, ${rule.expression} ` +
                'matches too';
    return finding(isEqual ? 'equal' : 'covered', atLine(file, line, what), {
        by,
        fix: place.isPartOfIt ? { kind: 'remove' } : leaveOrRemove,
    });
}

const leaveOrRemove: Fix = {
    kind: 'advice',
    todo: [
        'remove the line, unless it is to hold without the tag as well, or ' +
            'for disposables',
    ],
};
