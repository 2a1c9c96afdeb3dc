// What lint finds in rules whose uses are counted.
import { atLine } from '../file-problem.ts';
import type { FileUsage } from '../usage/usage-file.ts';
import { type Finding, finding } from './finding.ts';
import type { KnownRule, ListKind } from './known-rule.ts';

/** A rule that was not used for so long may be superfluous, in days. */
export const idleDays = 90;

const verbs: Readonly<Record<ListKind, string>> = {
    allow: 'let nothing through',
    block: 'refused nothing',
    both: 'decided nothing',
};

/** Not used for long, all uses since then having been counted. */
export function findIdle(
    file: string,
    { rule }: KnownRule,
    list: ListKind,
    usage: FileUsage | null,
): Finding | null {
    const { expression, line } = rule;
    const sums = usage?.rules.get(expression);
    if (usage?.since == null || sums === undefined) {
        return null;
    }
    const since = Math.max(usage.since, sums.first, sums.last ?? 0);
    if (usage.at - since < idleDays * 24 * 60 * 60) {
        return null;
    }
    const date = new Date(since * 1000).toISOString().slice(0, 10);
    const message = `${expression} has ${verbs[list]} since ${date}`;
    return finding('idle', atLine(file, line, message), {
        fix: { kind: 'advice', todo: ['remove it if it is not needed'] },
    });
}
