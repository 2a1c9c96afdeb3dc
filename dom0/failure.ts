import { err, ok, type Result } from '../shared/result.ts';

/**
 * A failure that the user can do something about: its message says what is
 * wrong, where, and what to do. Anything else thrown is a bug.
 */
export class Failure extends Error {
    constructor(message: string) {
        super(message);
        this.name = 'Failure';
    }
}

/** What an action comes to, or the message of its Failure; others are thrown. */
export async function resultOf<T>(
    action: () => Promise<T>,
): Promise<Result<T, string>> {
    try {
        return ok(await action());
    } catch (error) {
        if (error instanceof Failure) {
            return err(error.message);
        }
        throw error;
    }
}
