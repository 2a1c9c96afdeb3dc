// Expressions that match nothing that can be a host.
import type { HostAutomaton } from './automaton.ts';
import { maxHostLength, maxLabelLength } from './host-limits.ts';
import { findHost, type Scanner } from './search.ts';

/**
 * True when no host there can be is accepted. A host has at most 253
 * characters, labels of 1 to 63, and may have a dot at its end, as resolvers
 * take it (RFC 1035). A `-` or `_` may stand anywhere in a label: resolvers
 * differ, and who is in doubt must not call a rule useless. Addresses are
 * hosts.
 */
export function isEmpty(automaton: HostAutomaton): boolean {
    return whyEmpty(automaton) !== null;
}

/** Why it is so, as a sentence without its end; null when it is not. */
export function whyEmpty(automaton: HostAutomaton): string | null {
    const any = findHost(automaton, labels(Number.POSITIVE_INFINITY), true);
    if (any === null) {
        const odd = findHost(automaton, anything, true);
        return odd === null
            ? 'no host name matches this'
            : 'this only matches names with an empty label, such as ' +
                  `"${odd}", and no host has one`;
    }
    const host = findHost(automaton, labels(maxLabelLength), true);
    if (host === null) {
        return (
            `this only matches names with more than ${maxLabelLength} ` +
            'characters between two dots, and no host has one'
        );
    }
    return isShort(host)
        ? null
        : `this only matches names of more than ${maxHostLength} ` +
              'characters, and no host has one';
}

/** A shortest host that the automaton accepts; null if it accepts none. */
export function findRealHost(automaton: HostAutomaton): string | null {
    const host = findHost(automaton, labels(maxLabelLength), true);
    return host !== null && isShort(host) ? host : null;
}

/** Whether a string of host characters can be a host. */
export function isRealHost(host: string): boolean {
    const { start, step, isMatch } = labels(maxLabelLength);
    return isMatch([...host].reduce(step, start)) && isShort(host);
}

function isShort(host: string): boolean {
    return host.replace(/\.$/, '').length <= maxHostLength;
}

const anything: Scanner<number> = {
    start: 0,
    step: (state) => state,
    isMatch: () => true,
};

/** Its state is the length of the label so far, or one of these. */
const [atStart, afterDot, wrong] = [0, -1, -2];

/** Knows names without empty labels, none longer than `maxLength`. */
function labels(maxLength: number): Scanner<number> {
    const grow = (length: number): number =>
        length < maxLength ? Math.min(length + 1, maxLabelLength + 1) : wrong;
    return {
        start: atStart,
        step: (state, character) => {
            if (state === wrong || (character === '.' && state <= atStart)) {
                return wrong;
            }
            return character === '.' ? afterDot : grow(Math.max(0, state));
        },
        isMatch: (state) => state === afterDot || state > atStart,
    };
}
