// A terminal that is taken as a whole, as the program sees it.
import type { Result } from '../shared/result.ts';

export interface Size {
    readonly columns: number;
    readonly rows: number;
}

export interface Screen {
    readonly hasColour: boolean;
    readonly size: () => Size;
    readonly write: (text: string) => void;
    /** Gives the terminal back as it was. */
    readonly close: () => void;
}

export interface ScreenListener {
    /** By its name, as `up`, `return`, `ctrl-c`, or as it was typed. */
    readonly onKey: (key: string) => void;
    readonly onResize: () => void;
    /** Nobody is at the terminal any more. */
    readonly onGone: () => void;
}

/** Takes the terminal; fails with why there is none that can be taken. */
export type OpenScreen = (listener: ScreenListener) => Result<Screen, string>;
