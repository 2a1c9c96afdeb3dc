import type { Scanner } from './search.ts';

/** Its state is how much of the domain the host ends in so far. */
export function endsIn(domain: string): Scanner<string> {
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
