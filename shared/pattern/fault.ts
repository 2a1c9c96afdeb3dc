import { err, ok, type Result } from '../result.ts';

/** What is wrong with an expression, and at which 0-based character. */
export interface PatternError {
    readonly message: string;
    readonly at: number;
}

class PatternFault extends Error {
    readonly at: number;

    constructor(at: number, message: string) {
        super(message);
        this.at = at;
    }
}

/** Leaves the nearest `capture`, from however deep in the tree. */
export function fault(at: number, message: string): never {
    throw new PatternFault(at, message);
}

/** Turns a fault inside `work` into an ordinary result. */
export function capture<T>(work: () => T): Result<T, PatternError> {
    try {
        return ok(work());
    } catch (error) {
        if (error instanceof PatternFault) {
            return err({ message: error.message, at: error.at });
        }
        throw error;
    }
}

/** The value of a result whose error the nearest `capture` is to get. */
export function valueOrFault<T>(result: Result<T, PatternError>): T {
    return result.ok
        ? result.value
        : fault(result.error.at, result.error.message);
}
