import type { Result } from '../result.ts';
import { confine, everyNameLine } from './confine.ts';
import type { ConfinedLine } from './confined-line.ts';
import { findDifference } from './difference.ts';
import { capture, fault, type PatternError } from './fault.ts';
import { lineAutomaton, patternAutomaton } from './matcher.ts';
import {
    closeBranches,
    holdAtLabel,
    isHeldAtEnd,
    takeDotsAsDots,
} from './narrow-tree.ts';
import type { NarrowedPattern } from './narrowed-pattern.ts';
import { parsePattern } from './parse.ts';
import { printPattern } from './print.ts';
import { findHost, type Scanner } from './search.ts';
import type { PatternNode } from './tree.ts';
import { readTypedHost } from './typed-host.ts';

export interface NarrowOptions {
    /** Take an expression untouched, however much it matches. */
    readonly asIs?: boolean;
}

/**
 * What `allow` stores for one argument: a host (`github.com`, that host), a
 * wildcard (`*.github.com`, its subdomains; `.github.com`, both), an address,
 * or an expression, narrowed to start at a label. Fails with what is wrong
 * and what to type instead. What is stored can always be confined.
 */
export function narrow(
    untrusted_typed: string,
    { asIs = false }: NarrowOptions = {},
): Result<NarrowedPattern, PatternError> {
    return capture(() =>
        asIs
            ? keepAsTyped(untrusted_typed)
            : (readTypedHost(untrusted_typed) ??
              narrowExpression(untrusted_typed)),
    );
}

function keepAsTyped(typed: string): NarrowedPattern {
    const line = confineOrFault(valueOrFault(parsePattern(typed)));
    return {
        stored: typed,
        meaning:
            line === everyNameLine
                ? 'Every host name, but no address.'
                : 'Every host name in which this expression is found.',
        changed: false,
    };
}

function narrowExpression(typed: string): NarrowedPattern {
    const tree = valueOrFault(parsePattern(typed));
    const plain = takeDotsAsDots(tree);
    const narrowed = holdAtLabel(plain);
    if (!isHeldAtEnd(narrowed)) {
        refuseOpenEnd(typed, narrowed);
    }
    refuseNearlyEverything(narrowed);
    const line = confineOrFault(narrowed);
    const stored = printPattern(narrowed);
    const meaning = describe(stored);
    return stored === typed
        ? { stored, meaning, changed: false }
        : { stored, meaning, changed: true, why: whyNarrowed(tree, line) };
}

function whyNarrowed(typed: PatternNode, line: ConfinedLine): string {
    const wider = valueOrFault(patternAutomaton(typed));
    const example = findDifference(wider, lineAutomaton(line));
    return example === null
        ? 'It is the same, written more plainly.'
        : `As typed it would also match "${example}".`;
}

function refuseOpenEnd(typed: string, narrowed: PatternNode): never {
    const closed = closeBranches(narrowed);
    refuseNearlyEverything(closed);
    const example = printPattern(closed);
    // A name that ends in a dot is not what its author means.
    const advice =
        confine(closed).ok && !example.includes('\\.$')
            ? `write "${example}"`
            : 'end it with "$"';
    return fault(
        typed.length,
        'without "$" at the end of every branch this matches longer names ' +
            `too, such as "github.com.example.org"; ${advice}`,
    );
}

/** Domains that nobody means, in top-level domains that everybody uses. */
const unrelatedDomains = [
    'unrelated.com',
    'unrelated.org',
    'unrelated.net',
    'unrelated.de',
    'unrelated.io',
    'unrelated.co.uk',
];

/**
 * An end that any domain may follow is no end, whatever the expression looks
 * like. A rule for all of one top-level domain is left to its author.
 */
function refuseNearlyEverything(tree: PatternNode): void {
    const automaton = valueOrFault(patternAutomaton(tree));
    const [one, other] = unrelatedDomains
        .map((domain) => findHost(automaton, endsIn(domain), true))
        .filter((host) => host !== null);
    if (one !== undefined && other !== undefined) {
        fault(
            0,
            'this matches hosts that have nothing in common, such as ' +
                `"${one}" and "${other}"; name the hosts that are meant, or ` +
                'store it untouched with --as-is',
        );
    }
}

/** Its state is how much of the domain the host ends in so far. */
function endsIn(domain: string): Scanner<string> {
    return {
        start: '',
        step: (state, character) => {
            let end = state + character;
            while (!domain.startsWith(end)) {
                end = end.slice(1);
            }
            return end;
        },
        isMatch: (state) => state === domain,
    };
}

function describe(stored: string): string {
    const plain = /^(\^|\\\.|\(\^\|\\\.\))((?:[a-z0-9_-]|\\\.)+)\$$/i;
    const [, start, name = ''] = plain.exec(stored) ?? [];
    const host = name.replaceAll('\\', '').toLowerCase();
    switch (start) {
        case '^':
            return `The host ${host} and no other.`;
        case '\\.':
            return `All subdomains of ${host}, but not ${host} itself.`;
        case undefined:
            return 'The host names that this expression matches.';
        default:
            return `The host ${host} and all its subdomains.`;
    }
}

function confineOrFault(tree: PatternNode): ConfinedLine {
    return valueOrFault(confine(tree));
}

function valueOrFault<T>(result: Result<T, PatternError>): T {
    return result.ok
        ? result.value
        : fault(result.error.at, result.error.message);
}
