// What users type for hosts: all of it, or all that is wrong with it.
import type {
    NarrowedPattern,
    PatternError,
} from '../../shared/pattern/index.ts';
import type { Result } from '../../shared/result.ts';
import { Failure } from '../failure.ts';
import { pointAt } from '../words/problem.ts';

export type TypedPattern = NarrowedPattern & { readonly typed: string };

/** What `read` makes of each. */
export function readTyped(
    untrusted_patterns: readonly string[],
    read: (untrusted_typed: string) => Result<NarrowedPattern, PatternError>,
): TypedPattern[] {
    const problems: string[] = [];
    const patterns: TypedPattern[] = [];
    for (const typed of untrusted_patterns) {
        const pattern = read(typed);
        if (pattern.ok) {
            patterns.push({ ...pattern.value, typed });
        } else {
            const { message, at } = pattern.error;
            problems.push(message, ...pointAt(typed, at));
        }
    }
    if (problems.length > 0) {
        throw new Failure(['nothing was changed:', ...problems].join('\n'));
    }
    return patterns;
}
