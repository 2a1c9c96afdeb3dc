// Ways to put expressions together that keep them small. None of them changes
// what an expression matches.
import {
    anyCharacter,
    emptyString,
    type HostExpression,
    type HostRepeat,
    hasAssertions,
    hasPart,
    isEmptyString,
    isNothing,
    matchesEmpty,
    nothing,
} from './host-expression.ts';
import { type HostSet, hostCharacters, uniteSets } from './host-set.ts';

export function setOf(members: HostSet): HostExpression {
    return members === '' ? nothing : { kind: 'set', members };
}

export function sequenceOf(parts: readonly HostExpression[]): HostExpression {
    const flat = parts.flatMap((part) =>
        part.kind === 'sequence' ? part.parts : [part],
    );
    if (flat.some(isNothing)) {
        return nothing;
    }
    const merged: HostExpression[] = [];
    for (const part of flat) {
        appendPart(merged, part);
    }
    const [only] = merged;
    return only !== undefined && merged.length === 1
        ? only
        : { kind: 'sequence', parts: merged };
}

/**
 * Adds a part to a sequence. Runs of any character become one, and what is
 * optional beside any string is part of that.
 */
function appendPart(parts: HostExpression[], part: HostExpression): void {
    const last = parts.at(-1);
    const a = last === undefined ? null : anyCharacterBounds(last);
    const b = anyCharacterBounds(part);
    if (a && b) {
        const max = a.max === null || b.max === null ? null : a.max + b.max;
        parts.pop();
        parts.push(repeatOf(anyCharacter, a.min + b.min, max));
    } else if (last && b?.max === null && isOptionalText(last)) {
        parts.pop();
        appendPart(parts, part);
    } else if (a?.max !== null || !isOptionalText(part)) {
        parts.push(part);
    }
}

/** Optional, and made of what `anyCharacter` matches. */
function isOptionalText(expression: HostExpression): boolean {
    const hasMore = hasPart(
        expression,
        (part) => part.kind === 'set' && part.members.includes(':'),
    );
    return matchesEmpty(expression) && !hasMore;
}

function anyCharacterBounds(
    expression: HostExpression,
): Pick<HostRepeat, 'min' | 'max'> | null {
    if (isAnyCharacter(expression)) {
        return { min: 1, max: 1 };
    }
    return expression.kind === 'repeat' && isAnyCharacter(expression.body)
        ? expression
        : null;
}

function isAnyCharacter(expression: HostExpression): boolean {
    return expression.kind === 'set' && expression.members === hostCharacters;
}

export function choiceOf(branches: readonly HostExpression[]): HostExpression {
    const flat = branches.flatMap((branch) =>
        branch.kind === 'choice' ? branch.branches : [branch],
    );
    const sets = flat.flatMap((one) => (one.kind === 'set' ? [one] : []));
    const others = flat.filter((one) => one.kind !== 'set');
    if (flat.some(hasAssertions)) {
        // What is optional is a branch of its own while places matter.
        return oneOf(flat);
    }
    const full = others.filter((one) => !isEmptyString(one));
    const united = uniteSets(sets.map((one) => one.members));
    const distinct = united === '' ? full : [setOf(united), ...full];
    const choice = oneOf(distinct);
    return full.length === others.length ? choice : repeatOf(choice, 0, 1);
}

function oneOf(branches: readonly HostExpression[]): HostExpression {
    const [only] = branches;
    return only !== undefined && branches.length === 1
        ? only
        : { kind: 'choice', branches };
}

/**
 * A repetition. Without limit it never has an optional body: nested, these
 * take glibc's regcomp exponential time.
 */
export function repeatOf(
    body: HostExpression,
    min: number,
    max: number | null,
): HostExpression {
    if (max === 0 || isEmptyString(body) || (isNothing(body) && min === 0)) {
        return emptyString;
    }
    if (isNothing(body) || (min === 1 && max === 1)) {
        return body;
    }
    const least = matchesEmpty(body) ? 0 : min;
    if (hasAssertions(body) || (max === null && least > 1)) {
        return { kind: 'repeat', body, min, max };
    }
    return max === null
        ? { kind: 'repeat', body: iterationOf(body), min: least, max }
        : repeatAtMost(body, least, max);
}

function repeatAtMost(
    body: HostExpression,
    min: number,
    max: number,
): HostExpression {
    if (body.kind === 'repeat' && body.min <= 1 && min === 0) {
        const most = body.max === null ? null : body.max * max;
        return repeatOf(body.body, 0, most);
    }
    return { kind: 'repeat', body, min, max };
}

/**
 * What can be repeated in place of `body`, to the same effect and without
 * matching the empty string (Brüggemann-Klein, "Regular expressions into
 * finite automata", 1993: star normal form).
 */
function iterationOf(body: HostExpression): HostExpression {
    switch (body.kind) {
        case 'choice':
            return choiceOf(body.branches.map(iterationOf));
        case 'sequence':
            return matchesEmpty(body)
                ? choiceOf(body.parts.map(iterationOf))
                : body;
        case 'repeat':
            return body.min <= 1 || matchesEmpty(body)
                ? iterationOf(body.body)
                : body;
        default:
            return body;
    }
}

/** True when it matches every host name there can be. */
export function isEverything(expression: HostExpression): boolean {
    const bounds = anyCharacterBounds(expression);
    return bounds !== null && bounds.min <= 1 && bounds.max === null;
}
