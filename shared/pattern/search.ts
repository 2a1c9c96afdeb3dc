// Questions about all the host names that an automaton accepts.
import type { HostAutomaton } from './automaton.ts';
import { allCharacters, type HostSet } from './host-set.ts';

/** A classification of host names, made one character after the other. */
export interface Scanner<State extends string | number> {
    readonly start: State;
    readonly step: (state: State, character: string) => State;
    readonly isMatch: (state: State) => boolean;
}

interface Visit<State extends string | number> {
    readonly host: string;
    /** The position that took the last character. */
    readonly position: number;
    readonly state: State;
}

/** What came of a search that may be given up. */
export type Found =
    | { readonly kind: 'host'; readonly host: string }
    | { readonly kind: 'none' }
    | { readonly kind: 'unknown' };

/** A shortest host name as `searchHost` finds it; null when there is none. */
export function findHost<State extends string | number>(
    automaton: HostAutomaton,
    scanner: Scanner<State>,
    wanted: boolean,
): string | null {
    const unlimited = Number.POSITIVE_INFINITY;
    const found = searchHost(automaton, scanner, wanted, unlimited);
    return found.kind === 'host' ? found.host : null;
}

/**
 * A shortest host name that the automaton accepts and about which the scanner
 * says `wanted`; unknown when there was none in `maxVisits` steps. The empty
 * name is none.
 */
export function searchHost<State extends string | number>(
    automaton: HostAutomaton,
    scanner: Scanner<State>,
    wanted: boolean,
    maxVisits: number,
): Found {
    const stepsOf = rememberSteps(scanner);
    const seen = new Set<string>();
    const queue: Visit<State>[] = [];
    const visit = (host: string, state: State, position: number): void => {
        for (const step of stepsOf(state, automaton.sets[position] ?? '')) {
            const key = `${position} ${step.state}`;
            if (!seen.has(key)) {
                seen.add(key);
                queue.push({
                    host: host + step.character,
                    position,
                    state: step.state,
                });
            }
        }
    };
    for (const position of automaton.first) {
        visit('', scanner.start, position);
    }
    for (const { host, position, state } of queue) {
        const isHost = automaton.last.has(position);
        if (isHost && scanner.isMatch(state) === wanted) {
            return { kind: 'host', host };
        }
        if (seen.size > maxVisits) {
            return { kind: 'unknown' };
        }
        for (const next of automaton.following[position] ?? []) {
            visit(host, state, next);
        }
    }
    return { kind: 'none' };
}

interface Step<State> {
    readonly state: State;
    /** One of the characters that lead there. */
    readonly character: string;
}

/** The states that the characters of a set lead to, worked out once. */
function rememberSteps<State extends string | number>(
    scanner: Scanner<State>,
): (state: State, set: HostSet) => readonly Step<State>[] {
    const known = new Map<string, readonly Step<State>[]>();
    return (state, set) => {
        const key = `${state} ${set}`;
        const steps = known.get(key) ?? stepsThrough(scanner, state, set);
        known.set(key, steps);
        return steps;
    };
}

function stepsThrough<State extends string | number>(
    scanner: Scanner<State>,
    state: State,
    set: HostSet,
): Step<State>[] {
    const steps = new Map<State, Step<State>>();
    for (const character of set) {
        const next = scanner.step(state, character);
        if (!steps.has(next)) {
            steps.set(next, { state: next, character });
        }
    }
    return [...steps.values()];
}

interface Prefix {
    readonly text: string;
    /** The positions that can take the next character. */
    readonly positions: ReadonlySet<number>;
}

/**
 * All host names that the automaton accepts; null when there are more than
 * `maxHosts`, or more beginnings of them than that many of `maxLength` have.
 */
export function listHosts(
    automaton: HostAutomaton,
    maxHosts: number,
    maxLength: number,
): string[] | null {
    const maxPrefixes = maxHosts * maxLength;
    const hosts: string[] = [];
    const prefixes: Prefix[] = [
        { text: '', positions: new Set(automaton.first) },
    ];
    for (const prefix of prefixes) {
        for (const next of extend(automaton, prefix)) {
            prefixes.push(next);
            if (next.isHost) {
                hosts.push(next.text);
            }
        }
        // Every prefix leads to a host, so that more of them are too many.
        if (hosts.length > maxHosts || prefixes.length > maxPrefixes) {
            return null;
        }
    }
    return hosts;
}

function extend(
    { sets, following, last }: HostAutomaton,
    { text, positions }: Prefix,
): (Prefix & { isHost: boolean })[] {
    return [...allCharacters].flatMap((character) => {
        const taking = [...positions].filter((position) =>
            sets[position]?.includes(character),
        );
        const after = taking.flatMap((position) => following[position] ?? []);
        return taking.length === 0
            ? []
            : [
                  {
                      text: text + character,
                      positions: new Set(after),
                      isHost: taking.some((position) => last.has(position)),
                  },
              ];
    });
}
