// A line of the screen.
import { wrap } from './wrap.ts';

export type Style = 'plain' | 'title' | 'selected' | 'refused' | 'warning';

/** Printable ASCII, no longer than the screen is wide. */
export interface Line {
    readonly text: string;
    readonly style: Style;
}

/** Texts in full, one column in. */
export function wrapped(texts: readonly string[], columns: number): Line[] {
    return texts
        .flatMap((text) => wrap(text, columns - 1))
        .map((text) => ({ text: ` ${text}`, style: 'plain' }));
}
