import type { Result } from '../result.ts';
import { confine, everyNameLine } from './confine.ts';
import type { ConfinedLine } from './confined-line.ts';
import { findDifference } from './difference.ts';
import { capture, type PatternError, valueOrFault } from './fault.ts';
import { patternAutomaton } from './matcher.ts';
import { takeDotsAsDots } from './narrow-dots.ts';
import { refuseNearlyEverything } from './narrow-everything.ts';
import { refuseOpenEnd } from './narrow-open-end.ts';
import { holdAtLabel, isHeldAtEnd } from './narrow-tree.ts';
import { type NarrowedPattern, narrowedTo } from './narrowed-pattern.ts';
import { parsePattern } from './parse.ts';
import { printPattern } from './print.ts';
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
        why: null,
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
    confineOrFault(narrowed);
    const stored = printPattern(narrowed);
    const why = stored === typed ? null : whyNarrowed(tree, narrowed);
    return narrowedTo(stored, why);
}

function whyNarrowed(typed: PatternNode, narrowed: PatternNode): string {
    const [wider, narrower] = [typed, narrowed].map((tree) =>
        valueOrFault(patternAutomaton(tree)),
    );
    const example = wider && narrower && findDifference(wider, narrower);
    return example?.kind === 'host'
        ? `As typed it would also match "${example.host}".`
        : 'It is the same, written more plainly.';
}

function confineOrFault(tree: PatternNode): ConfinedLine {
    return valueOrFault(confine(tree));
}
