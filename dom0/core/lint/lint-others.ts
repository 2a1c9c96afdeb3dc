// Rules that let through what others register.
import { atLine } from '../file-problem.ts';
import { describeOthers, type OthersBelow } from '../others-below.ts';
import { type Finding, finding } from './finding.ts';
import type { KnownRule } from './known-rule.ts';

export function findOthers(
    file: string,
    { rule, domain }: KnownRule,
    othersBelow: OthersBelow,
): Finding | null {
    const others = domain && describeOthers(domain, othersBelow);
    if (others === null) {
        return null;
    }
    const message = `${rule.expression}: ${others}`;
    const todo = ['name the hosts that are meant'];
    return finding('others', atLine(file, rule.line, message), {
        fix: { kind: 'advice', todo },
    });
}
