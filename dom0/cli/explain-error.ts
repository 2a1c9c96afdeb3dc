import { isErrno } from '../../shared/io/errno.ts';
import { Failure } from '../failure.ts';
import { UsageError } from './usage-error.ts';

/**
 * What a command that failed would have said, for one that goes on. Throws
 * other errors: they are bugs.
 */
export function explainError(error: unknown): string {
    if (
        error instanceof Failure ||
        error instanceof UsageError ||
        isErrno(error)
    ) {
        return error.message;
    }
    throw error;
}
