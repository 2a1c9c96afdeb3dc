import { findReach, maxNamedAddresses, namesOnlyIp6 } from './addresses.ts';
import { buildAutomaton, type HostAutomaton } from './automaton.ts';
import { fault } from './fault.ts';
import {
    type HostExpression,
    hasPart,
    isNothing,
    matchesEmpty,
} from './host-expression.ts';

/** Refuses what must not be in a filter, for an author or from a peer. */
export function checkHosts(
    expression: HostExpression,
    automaton: HostAutomaton = buildAutomaton(expression),
): void {
    if (isNothing(expression)) {
        fault(
            0,
            'no host name matches this: they consist of letters, digits, ' +
                '"-", "_" and "." only',
        );
    }
    if (matchesEmpty(expression)) {
        fault(0, 'this also matches an empty name; write "+" instead of "*"');
    }
    if (hasPart(expression, hasColon)) {
        checkIp6(automaton);
    } else {
        checkReach(automaton);
    }
}

function hasColon(part: HostExpression): boolean {
    return part.kind === 'set' && part.members.includes(':');
}

function checkIp6(automaton: HostAutomaton): void {
    if (!namesOnlyIp6(automaton)) {
        fault(
            0,
            '":" can only be in a rule that writes out IPv6 addresses, such ' +
                `as "^fd00::1$", at most ${maxNamedAddresses} and nothing ` +
                'else; ports are not part of a host name',
        );
    }
}

function checkReach(automaton: HostAutomaton): void {
    const { address, name } = findReach(automaton);
    if (address !== null && name !== null) {
        fault(
            0,
            `this matches both a name ("${name}") and an address ` +
                `("${address}", as resolvers read it); say which names are ` +
                'meant, as in "\\.com$", and write an address as a rule of ' +
                'its own, as in "^10\\.0\\.0\\.1$"',
        );
    }
}
