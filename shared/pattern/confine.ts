import { ok, type Result } from '../result.ts';
import { everyName } from './addresses.ts';
import { buildAutomaton, type HostAutomaton } from './automaton.ts';
import { bindEdges } from './bind.ts';
import { isEverything, repeatOf } from './build-expression.ts';
import { checkHosts } from './check-hosts.ts';
import type { ConfinedLine } from './confined-line.ts';
import { covers } from './difference.ts';
import { domainOfRule, lineOfDomain } from './domain-pattern.ts';
import { capture, fault, type PatternError } from './fault.ts';
import { anyCharacter, type HostExpression } from './host-expression.ts';
import { lowerToHosts } from './lower.ts';
import { maxPatternBytes, parsePattern } from './parse.ts';
import { printPattern } from './print.ts';
import { raiseToTree } from './raise.ts';
import { refuseMisread } from './refuse-misread.ts';
import { type PatternNode, sequence } from './tree.ts';
import { withWholeLabels } from './whole-labels.ts';
import { withoutAssertions } from './without-assertions.ts';
import { withoutEmpty } from './without-empty.ts';

/** What is left of an expression that matches everything. */
export const everyNameLine = `\\\`${everyName}\\'` as ConfinedLine;

const everyHost = buildAutomaton(repeatOf(anyCharacter, 1, null));

/**
 * The confined form of an expression: on every host name (letters, digits,
 * `.`, `-`, `_`) it matches exactly when tinyproxy finds `tree` in it, and it
 * matches nothing else. Three exceptions: one that matches everything does not
 * match address spellings, `:` is a host character only in an expression that
 * writes out IPv6 addresses, and what stands before a domain has no empty
 * labels.
 *
 * Fails with the reason and what to write instead: back-references, a
 * backslash before a letter without meaning, an expression that matches no
 * host name, or both names and addresses, and one whose confined form is
 * longer than 501 bytes.
 */
export function confine(tree: PatternNode): Result<ConfinedLine, PatternError> {
    return capture(() => {
        refuseMisread(tree);
        const found = bindEdges(lowerToHosts(tree));
        const plain = withoutAssertions(found, maxPatternBytes);
        if (plain === null) {
            return refuseAnchors();
        }
        const expression = withWholeLabels(withoutEmpty(plain));
        if (isEverything(expression)) {
            return everyNameLine;
        }
        const automaton = buildAutomaton(expression);
        // Also what does not look like it, as `^[a-m]|^[^a-m]`.
        if (!takesColon(automaton) && covers(automaton, everyHost) === true) {
            return everyNameLine;
        }
        checkHosts(expression, automaton);
        return printLine(expression);
    });
}

/** `parsePattern` and `confine`; quick for a rule that names one domain. */
export function confineExpression(
    untrusted_expression: string,
): Result<ConfinedLine, PatternError> {
    const domain = domainOfRule(untrusted_expression);
    if (domain !== null) {
        return ok(lineOfDomain(domain));
    }
    const tree = parsePattern(untrusted_expression);
    return tree.ok ? confine(tree.value) : tree;
}

function takesColon({ sets }: HostAutomaton): boolean {
    return sets.some((set) => set.includes(':'));
}

function refuseAnchors(): never {
    return fault(
        0,
        'with what its anchors ask for written out, this is longer than the ' +
            `${maxPatternBytes} bytes that tinyproxy reads; write several ` +
            'rules, or fewer of "^", "$", "\\b", "\\B", "\\<" and "\\>"',
    );
}

function printLine(expression: HostExpression): ConfinedLine {
    const inner = raiseToTree(expression);
    const line = printPattern(
        sequence(0, [
            { type: 'anchor', at: 0, kind: 'text-start' },
            inner,
            { type: 'anchor', at: 0, kind: 'text-end' },
        ]),
    );
    if (line.length > maxPatternBytes) {
        fault(
            0,
            `confined to host names this takes ${line.length} bytes, and ` +
                `a line takes ${maxPatternBytes}; write several rules`,
        );
    }
    return line as ConfinedLine;
}
