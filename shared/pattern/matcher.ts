import type { Result } from '../result.ts';
import { accepts, buildAutomaton, type HostAutomaton } from './automaton.ts';
import { bindEdges } from './bind.ts';
import { type ConfinedLine, confinedExpression } from './confined-line.ts';
import { domainOfLine, isOfDomain } from './domain-pattern.ts';
import { capture, type PatternError } from './fault.ts';
import { lowerToHosts } from './lower.ts';
import type { PatternNode } from './tree.ts';

/**
 * The automaton of what reaches tinyproxy: `accepts` decides as tinyproxy
 * does with this line.
 */
export function lineAutomaton(line: ConfinedLine): HostAutomaton {
    const expression = confinedExpression(line);
    if (!expression.ok) {
        throw new Error(`a ConfinedLine is not one: ${expression.error}`);
    }
    return buildAutomaton(expression.value);
}

/**
 * The automaton of the strings of host characters in which tinyproxy would
 * find an expression without confinement.
 */
export function patternAutomaton(
    tree: PatternNode,
): Result<HostAutomaton, PatternError> {
    return capture(() => buildAutomaton(bindEdges(lowerToHosts(tree))));
}

/**
 * Whether a host, as a request spells it, passes a line: exactly as tinyproxy
 * decides, in time linear in its length. For many hosts keep `lineAutomaton`.
 */
export function matches(line: ConfinedLine, untrusted_host: string): boolean {
    const domain = domainOfLine(line);
    return domain === null
        ? accepts(lineAutomaton(line), untrusted_host)
        : isOfDomain(domain, untrusted_host);
}
