import { Failure } from '../failure.ts';

/** Why something failed, or what is to be said of what was done; or null. */
export async function troubleOf<T>(
    doing: Promise<T>,
    describe: (done: T) => string | null = () => null,
): Promise<string | null> {
    try {
        return describe(await doing);
    } catch (error) {
        if (error instanceof Failure) {
            return error.message;
        }
        throw error;
    }
}
