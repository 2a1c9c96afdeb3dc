// What lint finds in rule files, and what to do about it.
import type { RulePlace } from '../effective-rules.ts';
import type { FileProblem } from '../file-problem.ts';

export type FindingKind =
    /** The file has an error, or what it makes together with others. */
    | 'error'
    /** It matches hosts that its author hardly means. */
    | 'loose'
    /** It lets through what others can register. */
    | 'others'
    /** Nothing that it matches can be a host. */
    | 'no-host'
    /** Another rule or line says the same. */
    | 'equal'
    /** Another rule lets through all that it does, and more. */
    | 'covered'
    /** Its time has passed, or the run of a qube that it was for. */
    | 'expired'
    /** It let nothing through for long, while that was counted. */
    | 'idle'
    /** It includes a set without rules. */
    | 'empty-include'
    /** A set that nobody includes, a tag that no qube has. */
    | 'unused'
    /** A file of a qube that there is not. */
    | 'no-qube'
    /** A file that is not taken for one of ours. */
    | 'ignored';

export type Fix =
    /** Without the line, the same hosts are let through. */
    | { readonly kind: 'remove' }
    /** Less is let through by this expression. */
    | { readonly kind: 'narrow'; readonly expression: string }
    /** What only a person can decide: what for, and how. */
    | { readonly kind: 'advice'; readonly todo: readonly string[] };

/** A rule or line that makes another one superfluous. */
export interface Cover extends RulePlace {
    /** As it stands in the file. */
    readonly text: string;
}

export interface Finding extends FileProblem {
    readonly kind: FindingKind;
    /** Hosts that show it. */
    readonly hosts: readonly string[];
    /** What says the same, or more. */
    readonly by: Cover | null;
    /** Null if there is only what the message says. */
    readonly fix: Fix | null;
}

/** What lint found, and of how many rules it cannot tell all. */
export interface Findings {
    readonly findings: readonly Finding[];
    /** Rules that name no single domain, which it did not look at closely. */
    readonly skipped: number;
}

type Told = Partial<Pick<Finding, 'hosts' | 'by' | 'fix'>>;

/** A problem as something found. */
export function finding(
    kind: FindingKind,
    problem: FileProblem,
    { hosts = [], by = null, fix = null }: Told = {},
): Finding {
    return { ...problem, kind, hosts, by, fix };
}
