// What `deny` stores in a block list. There a rule must not match less than
// its author could mean, so nothing that is typed is narrowed.
import type { Result } from '../result.ts';
import { confine, everyNameLine } from './confine.ts';
import { findDifference } from './difference.ts';
import { domainOfRule } from './domain-pattern.ts';
import { capture, fault, type PatternError, valueOrFault } from './fault.ts';
import { escapeDots } from './host-text.ts';
import { lineAutomaton } from './matcher.ts';
import { type NarrowOptions, narrow } from './narrow.ts';
import { addressIn, describeStored } from './narrow-describe.ts';
import { takeDotsAsDots } from './narrow-dots.ts';
import { closeBranches, holdAtLabel } from './narrow-tree.ts';
import { type NarrowedPattern, narrowedTo } from './narrowed-pattern.ts';
import { parsePattern } from './parse.ts';
import { printPattern } from './print.ts';
import type { PatternNode } from './tree.ts';
import { readTypedHost } from './typed-host.ts';

/**
 * What a block list gets for one argument: a host (`ads.com`, with its
 * subdomains), a wildcard (`*.ads.com`, the subdomains alone), or an
 * expression, as it is typed. Fails with what is wrong and what to type
 * instead. What is stored can always be confined.
 */
export function readBlocked(
    untrusted_typed: string,
    options: NarrowOptions = {},
): Result<NarrowedPattern, PatternError> {
    return options.asIs === true
        ? narrow(untrusted_typed, options)
        : capture(() => {
              const host = readTypedHost(untrusted_typed);
              return host === null
                  ? takeExpression(untrusted_typed)
                  : withSubdomains(untrusted_typed, host);
          });
}

function withSubdomains(
    typed: string,
    narrowed: NarrowedPattern,
): NarrowedPattern {
    const { stored } = narrowed;
    if (addressIn(stored) !== null) {
        fault(
            0,
            'a block list lets plain host names through only: all addresses ' +
                'are refused already',
        );
    }
    if (!stored.startsWith('^')) {
        return narrowed;
    }
    if (!typed.includes('.')) {
        fault(
            0,
            'a host name has a dot; for every name that ends in this type ' +
                `.${typed}, for every name with this text in it use --as-is`,
        );
    }
    return narrowedTo(
        `(^|\\.)${stored.slice(1)}`,
        'In a block list a name means its subdomains too; that host alone is ' +
            stored,
    );
}

function takeExpression(typed: string): NarrowedPattern {
    const tree = valueOrFault(parsePattern(typed));
    if (valueOrFault(confine(tree)) === everyNameLine) {
        fault(
            0,
            'this matches every host; name those that are meant, or store it ' +
                'untouched with --as-is',
        );
    }
    const excess = describeExcess(tree);
    const meaning = describeStored(typed);
    return {
        stored: typed,
        meaning: excess === null ? meaning : `${meaning} It ${excess}.`,
        why: null,
    };
}

/** A host of at least two labels, with its subdomains. */
const hostForm = /^\(\^\|\\\.\)[a-z0-9_-]+(\\\.[a-z0-9_-]+)+\$$/i;

/**
 * Why an expression of a block list hardly is what its author means, with what
 * to write instead; null when there is nothing to say. Blocking more than a
 * host is worth a word only where that host is plain to see.
 */
export function describeBlockExcess(expression: string): string | null {
    if (domainOfRule(expression) !== null) {
        return null;
    }
    const tree = parsePattern(expression);
    if (!tree.ok) {
        return null;
    }
    const line = confine(tree.value);
    if (line.ok && line.value === everyNameLine) {
        return `${expression} matches every host`;
    }
    const [, host] = /^\.([a-z0-9_-]+(?:\\?\.[a-z0-9_-]+)+)\$?$/i.exec(
        expression,
    ) ?? [undefined, undefined];
    if (host !== undefined) {
        const name = host.replaceAll('\\', '');
        return (
            `${expression} does not match "${name}" itself; for that host ` +
            `and its subdomains write (^|\\.)${escapeDots(name)}$`
        );
    }
    const excess = describeExcess(tree.value);
    return excess === null ? null : `${expression} ${excess}`;
}

function describeExcess(tree: PatternNode): string | null {
    const closed = capture(() =>
        holdAtLabel(closeBranches(takeDotsAsDots(tree))),
    );
    const form = closed.ok ? printPattern(closed.value) : '';
    const [wide, close] = [tree, closed.ok ? closed.value : tree].map(confine);
    const found =
        hostForm.test(form) && wide?.ok && close?.ok
            ? findDifference(
                  lineAutomaton(wide.value),
                  lineAutomaton(close.value),
              )
            : null;
    return found?.kind !== 'host'
        ? null
        : `also matches "${found.host}"; that host and its subdomains alone ` +
              `are ${form}`;
}
